@testable import Learning
import Numerics
import Testing

@Suite struct TreeGrowerTests {
    @Test func `bins see a feature that goes with the number of the row`() throws {
        let rows = 2 * FeatureBins.sampleCount
        let examples = try TreeExamples(
            featureCount: 1, values: (0..<rows).map { Double($0 % 2) },
            labels: [Double](repeating: 0, count: rows))
        var random = SplitMix64(seed: 1)
        let layout = BinLayout(examples, categorical: [], limit: 254, using: &random, by: nil)
        #expect(layout.features[0].count == 2)
    }

    @Test func `leaves that cannot be split hold no histogram`() throws {
        // Each split takes the greatest value off, which nothing is left to part.
        let values = (0..<640).map { Double($0 / 40) }
        let examples = try TreeExamples(
            featureCount: 1, values: values, labels: values.map { Double.exp(2 * $0) })
        var settings = ToyTrees.settings(.regression)
        settings.leaves = 16
        var random = SplitMix64(seed: 1)
        let layout = BinLayout(examples, categorical: [], limit: 254, using: &random, by: nil)
        var gradients = TreeGradients(examples, settings)
        gradients.update([Double](repeating: 0, count: 640), by: nil)
        let (sums, units) = try #require(gradients.rounded())
        var grower = TreeGrower(
            layout, settings, gradients: sums, units: units, features: [0],
            histograms: HistogramPool(size: layout.size), pieces: nil)
        var sets = [RowSet(layout.binned(examples, by: nil), rows: Array(0..<640))]
        #expect(grower.grow(&sets).leaves.count > 10)
        #expect(grower.finish().count <= 2)
    }
}
