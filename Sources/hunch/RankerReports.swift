// How good a recommender is on lists that somebody answered.

import Client
import JSON
import Learning
import Ranking
import Registry

/// Measures versions of a recommender on one log, beside the formula of the first.
struct RankerReport {
    let model: RankerMeasures
    let formula: RankerMeasures
    let others: [RankerMeasures]
    let lists: MeasuredLists
    private let slices: [(name: String, lists: [Int])]

    /// Without `data` the log is what the project learns from, in the environment too.
    init(
        _ manifest: Manifest, in registry: Registry, environment: String, data: String?,
        against: [String], slices: String?
    ) throws {
        let log = try EvaluationLog(
            data, of: manifest.reference.name, in: registry, environment: environment)
        let versions = try [manifest] + against.map { try registry.resolve($0) }
        let ranked = try versions.map { try RankedVersion($0, in: registry, log) }
        let lists = try MeasuredLists(ranked, log)
        var pools: [String?: Int?] = [:]
        let own = ranked[0].definition.exploration.map { max($0.pool, $0.slots) }
        func measures(_ version: RankedVersion) -> RankerMeasures {
            RankerMeasures(version, lists) { model in
                if let pool = pools[model] { return pool }
                let pool = registry.explorationPool(of: model) ?? own
                pools[model] = pool
                return pool
            }
        }
        model = measures(ranked[0])
        formula = measures(RankedVersion(formulaOf: ranked[0]))
        others = ranked.dropFirst().map(measures)
        for other in others where !other.hasSameLists(as: model) {
            throw Failure(
                "\(other.version.name) cannot be compared: it has learned from other lists of the log"
            )
        }
        self.lists = lists
        let users = log.isOwn ? [] : ranked[0].users
        self.slices = try RankerSlices(slices, ranked[0].items, log.events, users: users)
            .lists(of: model.data)
    }

    /// For people, or as one JSON object.
    func text(isJSON: Bool) -> String {
        guard !isJSON else { return json.description }
        let parts = [
            heading, table, differences, calibrationLines, counterfactualLines, sliceLines,
            useLines,
        ]
        return parts.flatMap { $0 }.joined(separator: "\n")
    }

    private var all: [RankerMeasures] { [model, formula] + others }

    // MARK: For people

    private var heading: [String] {
        let count = model.data.groups.count
        let name = "\(model.version.name), scored by \(model.version.form)"
        guard lists.isKnown else {
            return [
                "\(name), on \(count) answered lists"
                    + (lists.known > 0 ? " (\(lists.known) more were learned from)" : "")
            ]
        }
        let warning = "it has learned from these lists too"
        guard let low = model.version.heldOut?["low"]?.double,
            let high = model.version.heldOut?["high"]?.double,
            let mean = model.version.heldOut?["mean"]?.double
        else { return ["\(name), on the last \(count) answered lists; \(warning)"] }
        return [
            "\(name), on the last \(count) answered lists; \(warning),",
            "on lists held out in training it was better than the formula by NDCG@10 "
                + "\(rounded(mean)) (\(rounded(low)) to \(rounded(high)))",
        ]
    }

    private var table: [String] {
        let names = all.map(\.version.name)
        let widths = names.map { max($0.count, 8) + 2 }
        func line(_ name: String, _ cells: [String]) -> String {
            zip(cells, widths).reduce("  " + name.padded(to: 14)) {
                $0 + String(repeating: " ", count: max(0, $1.1 - $1.0.count)) + $1.0
            }
        }
        return [line("", names)]
            + model.measures.indices.map { row in
                line(model.measures[row].name, all.map { rounded($0.measures[row].value) })
            }
    }

    private var differences: [String] {
        ([formula] + others).map {
            "against \($0.version.name): " + told(model.difference($0))
        }
    }

    private var calibrationLines: [String] {
        let fit =
            model.isCalibratedBefore
            ? "scores of earlier lists" : "each fifth of the lists by the others"
        return ["chances of a click, by Platt's scaling of \(fit):"]
            + model.calibration.bins.map {
                "  \(rounded($0.above)) and more: \($0.rows) rows, expected "
                    + "\(rounded($0.meanChance)), taken \(rounded($0.share))"
            }
    }

    private var counterfactualLines: [String] {
        guard let own = model.counterfactual else { return [] }
        return [
            "clicks of an explored place, \(own.decisions) of them; as logged \(stated(own.logged))"
        ]
            + all.compactMap { measures in
                measures.counterfactual.map { estimates in
                    "  by \(measures.version.name): IPS \(stated(estimates.ips)), SNIPS "
                        + (estimates.snips.map(stated) ?? "unknown")
                        + ", doubly robust \(stated(estimates.doublyRobust))"
                }
            }
    }

    private func stated(_ estimate: CounterfactualEstimates.Estimate) -> String {
        "\(rounded(estimate.value)) (\(rounded(estimate.interval.lowerBound)) to "
            + "\(rounded(estimate.interval.upperBound)))"
    }

    private var sliceLines: [String] {
        sliceFigures.map { slice in
            "  \(slice.name): \(slice.count) lists, NDCG@10 \(rounded(slice.ndcg)), against formula: "
                + told(slice.difference)
        }
    }

    private var useLines: [String] {
        ["features by mean |contribution| to a score:"]
            + model.featureUse.prefix(10).map { use in
                "  \(use.name)  \(rounded(use.meanContribution))"
                    + (use.gain.map { "  gain \(rounded($0))" } ?? "")
            }
    }

    var sliceFigures: [(name: String, count: Int, ndcg: Double, difference: PairedDifference)] {
        slices.map { name, lists in
            let own = lists.map { model.report.ndcgs[$0] }
            let base = lists.map { formula.report.ndcgs[$0] }
            return (
                name, lists.count, own.reduce(0, +) / Double(own.count),
                PairedDifference(own, minus: base)
            )
        }
    }
}

extension String {
    /// With spaces behind it.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}

/// Reads a log of Hunch's own form, packed or not.
func readEvents(_ path: String) throws -> [RankingEvent] {
    let bytes = try readUnpacked(path)
    do throws(ItemFileError) {
        return try RankingEvent.parse(lines: bytes)
    } catch {
        throw Failure("\(path), \(error)")
    }
}

/// Reads a file; one that ends in .gz is unpacked.
func readUnpacked(_ path: String) throws -> [UInt8] {
    let bytes = try FileSystem.read(path)
    guard path.hasSuffix(".gz") else { return bytes }
    do throws(GunzipError) {
        return try gunzip(bytes)
    } catch {
        throw Failure("\(path) is no gzip file, or damaged")
    }
}
