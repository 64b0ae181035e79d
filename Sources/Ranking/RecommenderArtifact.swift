// A recommender as one file: its definition, its items, what it has learned.

package import JSON
package import Learning
package import Numerics

/// The parts of a recommender's file.
///
/// The file is an archive with a section for each part. Files of JSON lines, the first of them the definition and the
/// others items, are read too: those were written before there was anything learned.
package struct RecommenderArtifact: Sendable {
    private static let magic = "HUNCHREC"
    private static let format: UInt32 = 1

    package let definition: JSONValue
    package let items: [Item]
    /// The log that features begin with, in its order.
    package let events: [RankingEvent]
    /// What scores; nil for the weights of the definition.
    package let learned: LearnedScorer?
    /// How far the events reach into the journal that they are from; nil where they are from none.
    package let mark: LogMark?
    /// What items and events lead to; without it they are learned of anew.
    var state: [UInt8]?

    package init(
        definition: JSONValue, items: [Item], events: [RankingEvent] = [],
        learned: LearnedScorer? = nil, mark: LogMark? = nil
    ) {
        self.definition = definition
        self.items = items
        self.events = events
        self.learned = learned
        self.mark = mark
    }

    /// The last record of the journal of that epoch that is among its events; 0 where none is.
    package func lastRecord(ofEpoch epoch: UInt64) -> Int {
        mark.map { $0.epoch == epoch ? $0.record : 0 } ?? 0
    }

    /// Reads what `encoded` wrote, or JSON lines; for serving without items and events, if the state is there.
    package init(
        _ bytes: [UInt8], isForServing: Bool = false
    ) throws(RecommenderArtifactError) {
        guard bytes.starts(with: Self.magic.utf8) else {
            let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            definition = try Self.definition(Array(bytes[..<end]))
            items = try Self.items(Array(bytes[end...]))
            (events, learned, mark) = ([], nil, nil)
            return
        }
        let archive: Archive
        do throws(ArchiveError) {
            archive = try Archive(Memory(copying: bytes.span), magic: Self.magic)
        } catch {
            throw .archive(error)
        }
        guard archive.format == Self.format else { throw .unknownFormat(archive.format) }
        definition = try Self.definition(Self.section("definition", archive))
        let hasState = archive.has(Self.stateSection)
        state = hasState ? try Self.section(Self.stateSection, archive) : nil
        let isWhole = !(isForServing && hasState)
        items = isWhole ? try Self.items(Self.section("items", archive)) : []
        let log = isWhole ? try Self.section("events", archive) : []
        do throws(ItemFileError) {
            events = try RankingEvent.parse(lines: log)
        } catch {
            throw .events(error)
        }
        learned = try Self.learned(archive)
        mark = archive.has("log") ? try Self.mark(Self.section("log", archive)) : nil
    }

    /// The bytes of the file; equal parts give equal bytes.
    package func encoded() -> [UInt8] {
        var writer = ArchiveWriter(magic: Self.magic, format: Self.format)
        writer.add("definition", definition.serialized())
        var lines: [UInt8] = []
        for item in items { lines += item.json.serialized() + [UInt8(ascii: "\n")] }
        writer.add("items", lines)
        writer.add("events", RankingEvent.lines(events))
        if let state { writer.add(Self.stateSection, state) }
        switch learned {
        case .weights(let scorer): writer.add("weights", scorer.json.serialized())
        case .trees(let trees): writer.add("trees", trees.encoded())
        case nil: break
        }
        if let mark { writer.add("log", mark.json.serialized()) }
        return writer.encoded()
    }

    // MARK: Reading

    private static func section(
        _ name: String, _ archive: Archive
    ) throws(RecommenderArtifactError) -> [UInt8] {
        do throws(ArchiveError) {
            let table: Table<UInt8> = try archive.table(name)
            return table.span.withUnsafeBufferPointer { Array($0) }
        } catch {
            throw .archive(error)
        }
    }

    private static func definition(
        _ bytes: [UInt8]
    ) throws(RecommenderArtifactError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw .json(error)
        }
    }

    private static func learned(
        _ archive: Archive
    ) throws(RecommenderArtifactError) -> LearnedScorer? {
        if archive.has("trees") { return .trees(try trees(section("trees", archive))) }
        guard archive.has("weights") else { return nil }
        let place = JSONPlace(try definition(section("weights", archive)))
        do throws(FieldError) {
            return .weights(try place.learnedWeights())
        } catch {
            throw .learned(error)
        }
    }

    private static func mark(_ bytes: [UInt8]) throws(RecommenderArtifactError) -> LogMark {
        let place = JSONPlace(try definition(bytes))
        do throws(FieldError) {
            return try place.logMark()
        } catch {
            throw .learned(error)
        }
    }

    private static func items(_ lines: [UInt8]) throws(RecommenderArtifactError) -> [Item] {
        do throws(ItemFileError) {
            return try Item.parse(lines: lines)
        } catch {
            throw .items(error)
        }
    }

    private static func trees(_ bytes: [UInt8]) throws(RecommenderArtifactError) -> TreeEnsemble {
        do throws(TreeEnsembleError) {
            return try TreeEnsemble(Memory(copying: bytes.span))
        } catch {
            throw .trees(error)
        }
    }
}

extension Recommender {
    /// Builds a recommender from its file.
    package init(artifact bytes: [UInt8]) throws(RecommenderArtifactError) {
        try self.init(RecommenderArtifact(bytes, isForServing: true))
    }

    /// Builds a recommender that knows its items and events; spaces of vectors learn from them.
    ///
    /// - Complexity: with a state O(its size), else O(events), each as it would be taken in online, and
    ///   `Catalog.learnVectors`.
    package init(_ artifact: RecommenderArtifact) throws(RecommenderArtifactError) {
        let definition: RecommenderDefinition
        do throws(FieldError) {
            definition = try RecommenderDefinition(artifact.definition)
        } catch {
            throw .definition(error)
        }
        let wanted = definition.featureNames.count
        if let learned = artifact.learned, learned.featureCount != wanted {
            throw .wrongFeatureCount(learned.featureCount, wanted: wanted)
        }
        self.init(definition, learned: artifact.learned)
        if let state = artifact.state {
            do throws(ArchiveError) {
                try begin(with: state)
            } catch {
                throw .archive(error)
            }
            return
        }
        // First, for what is done with an item that is not known counts for nothing.
        try add(artifact.items)
        do throws(RecommenderError) {
            for event in artifact.events { try apply(event) }
        } catch {
            throw .event(error)
        }
        learnVectors()
    }

    private mutating func add(_ items: [Item]) throws(RecommenderArtifactError) {
        for item in items {
            do throws(FieldError) {
                try definition.check(item)
            } catch {
                throw .item(item.id, error)
            }
            do throws(RecommenderError) {
                try apply(.upsert(item))
            } catch {
                throw .wrongCorpus(item: item.id, item.corpus)
            }
        }
    }
}

/// Why a file is no recommender.
package enum RecommenderArtifactError: Error, Equatable, Sendable {
    case json(JSONError)
    case definition(FieldError)
    case items(ItemFileError)
    case events(ItemFileError)
    /// An event that the recommender cannot learn of.
    case event(RecommenderError)
    case wrongCorpus(item: String, Corpus)
    case archive(ArchiveError)
    case unknownFormat(UInt32)
    case trees(TreeEnsembleError)
    /// The weights that were learned, or how far the log reaches, are none.
    case learned(FieldError)
    /// What was learned is for rows of another length than that of the definition's features.
    case wrongFeatureCount(Int, wanted: Int)
    case item(String, FieldError)
}

extension RecommenderArtifactError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .json(let error): "the definition is not JSON: \(error)"
        case .definition(let error): "in the definition, \(error)"
        case .items(let error): "among the items, \(error)"
        case .events(let error): "among the events, \(error)"
        case .event(let error): "an event does not fit the definition: \(error)"
        case .item(let item, let error): "in the item \(item), \(error)"
        case .wrongCorpus(let item, let corpus):
            "the item \(item) is of the corpus \(corpus.rawValue), which is not the recommender's"
        case .archive(let error): "the file is damaged: \(error)"
        case .unknownFormat(let format):
            "the file is of format \(format), which this version does not read: train again"
        case .trees(let error): "the trees are none: \(error)"
        case .learned(let error): "what was learned is damaged: \(error)"
        case .wrongFeatureCount(let count, let wanted):
            "what was learned takes \(count) features, the definition has \(wanted): train again"
        }
    }
}
