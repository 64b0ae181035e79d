import Drift
import Foundation
import JSON
import Numerics
import Testing

@Suite struct DivergenceTests {
    @Test(arguments: UInt64(0)..<50)
    func `measures are 0 of equal shares, above it of others, and the same both ways`(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        let a = (0..<8).map { _ in Int.random(in: 1...500, using: &random) }
        let b = (0..<8).map { _ in Int.random(in: 0...500, using: &random) }
        let twice = a.map { 2 * $0 }
        #expect(abs(stabilityIndex(a, twice)) < 1e-12)
        #expect(jensenShannonDivergence(a, twice) < 1e-12)
        #expect(kolmogorovDistance(a, twice) < 1e-12)
        #expect(stabilityIndex(a, b) > 0)
        #expect(abs(stabilityIndex(a, b) - stabilityIndex(b, a)) < 1e-9)
        #expect(0...1 ~= jensenShannonDivergence(a, b))
        #expect(abs(jensenShannonDivergence(a, b) - jensenShannonDivergence(b, a)) < 1e-12)
        #expect(0...1 ~= kolmogorovDistance(a, b))
        // Putting slots together loses what tells them apart, and finds nothing new.
        let (c, d) = (merged(a), merged(b))
        #expect(jensenShannonDivergence(c, d) <= jensenShannonDivergence(a, b) + 1e-12)
        #expect(kolmogorovDistance(c, d) <= kolmogorovDistance(a, b) + 1e-12)
    }

    private func merged(_ counts: [Int]) -> [Int] {
        [counts[0] + counts[1]] + counts[2...]
    }

    @Test func `distributions without a common slot are a bit and a whole apart`() {
        #expect(abs(jensenShannonDivergence([5, 0], [0, 9]) - 1) < 1e-12)
        #expect(kolmogorovDistance([5, 0], [0, 9]) == 1)
    }

    @Test func `the mean of the index under no change is what is expected`() {
        var samples = Samples(seed: 3)
        var sum = 0.0
        for _ in 0..<300 {
            let a = FeatureReference("x", of: (0..<1000).map { _ in samples.normal() })
            sum += stabilityIndex(
                Array(a.counts[..<10]),
                Array(a.counts((0..<500).map { _ in samples.normal() })[..<10]))
        }
        let expected = expectedStabilityIndex(slots: 10, 1000, 500)
        #expect(abs(sum / 300 / expected - 1) < 0.1)
    }
}

/// Figures of NumPy and SciPy on samples that are not in the repository.
@Suite(.enabled(if: DriftFixture.isThere, "../shared/data/rank is not there"))
struct DriftFixtureTests {
    @Test(arguments: ["same", "mean+0.1", "mean+0.5", "sd x1.5", "constant", "missing30%"])
    func `the index in ten quantile bins is that of the fixture`(name: String) throws {
        let fixture = try DriftFixture.json()
        let reference = FeatureReference(
            "x", of: (fixture["reference"]?.array ?? []).compactMap(\.double))
        let known = try #require(fixture["cases"]?[name])
        let values = (known["values"]?.array ?? []).map { $0.double ?? .nan }
        let counts = reference.counts(values)
        let index = stabilityIndex(Array(reference.counts[..<10]), Array(counts[..<10]))
        #expect(abs(index - (known["psi10"]?.double ?? .nan)) < 1e-12)
        let distance = kolmogorovDistance(Array(reference.counts[..<10]), Array(counts[..<10]))
        let ks = try #require(known["ks"]?.double)
        #expect(distance <= ks + 1e-12 && distance > ks - 0.02)
        let missing = Double(counts[reference.missingSlot]) / Double(values.count)
        #expect(abs(missing - (known["missing"]?.double ?? .nan)) < 1e-12)
    }

    @Test func `what has not changed is steady, what has is drift, and trifles are none`() throws {
        let fixture = try DriftFixture.json()
        let reference = FeatureReference(
            "x", of: (fixture["reference"]?.array ?? []).compactMap(\.double))
        for (name, verdict) in [
            ("same", FeatureDrift.Verdict.steady), ("mean+0.1", .steady), ("mean+0.5", .drifted),
            ("sd x1.5", .drifted), ("constant", .drifted), ("missing30%", .drifted),
        ] {
            let values = fixture["cases"]?[name]?["values"]?.array ?? []
            let live = reference.counts(values.map { $0.double ?? .nan })
            let drift = DriftCriteria().judge(reference, live: live, level: 1e-6)
            #expect(drift.verdict == verdict, "\(name): \(drift.summary)")
        }
    }
}

enum DriftFixture {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data/rank/fixtures/drift.expected.json")

    static let isThere = FileManager.default.isReadableFile(atPath: file.path)

    static func json() throws -> JSONValue {
        try JSONValue(parsing: Array(try Data(contentsOf: file)))
    }
}
