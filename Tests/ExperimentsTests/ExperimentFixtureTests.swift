import Experiments
import Foundation
import JSON
import Testing

/// The figures of `ab.expected.json`, where the shared data are there.
@Suite struct ExperimentFixtureTests {
    static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data/rank/fixtures/ab.expected.json")

    static let isThere = FileManager.default.isReadableFile(atPath: file.path)

    private func fixture(_ name: String) throws -> JSONValue {
        let json = try JSONValue(parsing: Array(try Data(contentsOf: Self.file)))
        return try #require(json[name])
    }

    private func near(_ value: Double, _ expected: JSONValue?) -> Bool {
        expected?.double.map { abs($0 - value) < 1e-10 } ?? false
    }

    @Test(
        .enabled(if: isThere, "../shared/data is not there"),
        arguments: [(100, 130, 1000), (480, 530, 10_000), (5, 9, 50)])
    func `two proportions are as in the fixture`(a: Int, b: Int, n: Int) throws {
        let expected = try fixture("two_prop \(a)/\(n) vs \(b)/\(n)")
        let test = TwoProportionTest(control: (a, n), treatment: (b, n))
        #expect(near(test.lift, expected["lift"]))
        #expect(near(test.z, expected["z"]) && near(test.pValue, expected["p"]))
    }

    @Test(
        .enabled(if: isThere, "../shared/data is not there"),
        arguments: [(5000, 5000), (5100, 4900), (5200, 4800), (50300, 49700)])
    func `sample ratios are as in the fixture`(a: Int, b: Int) throws {
        let expected = try fixture("SRM chi2 50/50 (\(a), \(b))")
        let test = SampleRatioTest(counts: [a, b], shares: [5000, 5000])
        #expect(near(test.chiSquare, expected["chi2"]) && near(test.pValue, expected["p"]))
    }

    @Test(.enabled(if: isThere, "../shared/data is not there"))
    func `CUPED's variance ratio is 1 less the squared correlation, as in the fixture`() throws {
        let expected = try fixture("CUPED")
        let correlation = try #require(expected["corr2"]?.double).squareRoot()
        // Two pairs of points whose correlation is the wanted one.
        let rest = (1 - correlation * correlation).squareRoot()
        var moments = UnitMoments()
        for (x, e) in [(1, 1), (1, -1), (-1, 1), (-1, -1)] as [(Double, Double)] {
            moments.add(correlation * x + rest * e, before: x)
        }
        let cuped = try #require(CUPED([moments]))
        #expect(near(cuped.varianceRatio, expected["var_ratio"]))
    }
}
