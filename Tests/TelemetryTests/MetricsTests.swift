import Numerics
import Telemetry
import Testing

@Suite struct MetricsTests {
    @Test func `the text of all kinds of metrics is as Prometheus wants it`() {
        let metrics = Metrics()
        let errors = metrics.counter("errors_total", help: "Errors.", labels: ["code", "type"])
        errors["bad_json", "edit"].add(3)
        errors["a\\b\"c\nd", ""].add()
        metrics.gauge("connections", help: "Open now,\nor \\ not.")[].set(2.5)
        let seconds = metrics.histogram("commit_seconds", help: "Commits.", bounds: [0.001, 1])
        for value in [0.0005, 0.001, 0.5, 3] { seconds[].observe(value) }
        let expected = #"""
            # HELP errors_total Errors.
            # TYPE errors_total counter
            errors_total{code="a\\b\"c\nd",type=""} 1
            errors_total{code="bad_json",type="edit"} 3
            # HELP connections Open now,\nor \\ not.
            # TYPE connections gauge
            connections 2.5
            # HELP commit_seconds Commits.
            # TYPE commit_seconds histogram
            commit_seconds_bucket{le="0.001"} 2
            commit_seconds_bucket{le="1"} 3
            commit_seconds_bucket{le="+Inf"} 4
            commit_seconds_sum 3.5015
            commit_seconds_count 4

            """#
        #expect(String(decoding: metrics.render(), as: UTF8.self) == expected)
    }

    @Test(arguments: UInt64(0)..<30)
    func `any metrics with any labels give text that a strict reader accepts`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let metrics = Metrics()
        var expected: [String: Double] = [:]
        for number in 0..<5 {
            let gauge = metrics.gauge("gauge_\(number)", help: text(&random), labels: ["a", "b_2"])
            for _ in 0..<20 {
                let (a, b) = (text(&random), text(&random))
                let values: [Double] = [
                    0, -1.5, 1e300, .leastNonzeroMagnitude, .infinity, -.infinity, 12_345,
                ]
                let value = values.randomElement(using: &random) ?? 0
                gauge[a, b].set(value)
                let name = ExpositionReader.key("gauge_\(number)", [("a", a), ("b_2", b)])
                expected[name] = value
            }
        }
        let read = try ExpositionReader.samples(of: metrics.render())
        #expect(read == expected)
    }

    @Test(arguments: UInt64(0)..<30)
    func `the counts of a histogram are those of comparing every value`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let metrics = Metrics()
        let histogram = metrics.histogram("h", help: "")[]
        let values = (0..<500).map { _ in
            Bool.random(using: &random)
                ? Double.random(in: 0...12, using: &random)
                : Histogram.latencyBounds.randomElement(using: &random) ?? 0
        }
        for value in values { histogram.observe(value) }
        let samples = try ExpositionReader.samples(of: metrics.render())
        for (index, bound) in (histogram.bounds + [.infinity]).enumerated() {
            let count = values.filter { $0 <= bound }.count
            #expect(histogram.cumulativeCounts[index] == UInt64(count))
            let label = bound == .infinity ? "+Inf" : "\(bound)"
            let name = bound >= 1 && bound.isFinite ? "\(Int(bound))" : label
            #expect(samples[ExpositionReader.key("h_bucket", [("le", name)])] == Double(count))
        }
        #expect(samples["h_count"] == 500)
        let sum = values.reduce(0, +)
        #expect(abs(histogram.sum - sum) <= 1e-9 * sum)
    }

    @Test func `nothing that many threads count is lost`() async {
        let metrics = Metrics()
        let counter = metrics.counter("c_total", help: "", labels: ["l"])
        let gauge = metrics.gauge("g", help: "")[]
        let histogram = metrics.histogram("h", help: "")[]
        await withTaskGroup { group in
            for number in 0..<8 {
                group.addTask {
                    for _ in 0..<5_000 {
                        counter["\(number % 2)"].add()
                        gauge.add(number.isMultiple(of: 2) ? 1 : -1)
                        histogram.observe(Double(number))
                    }
                }
            }
        }
        #expect(counter["0"].value == 20_000)
        #expect(counter["1"].value == 20_000)
        #expect(gauge.value == 0)
        #expect(histogram.cumulativeCounts.last == 40_000)
        #expect(histogram.sum == 5_000 * 28)
    }

    @Test func `label sets past the limit share one series`() {
        let metrics = Metrics(seriesLimit: 3)
        let family = metrics.counter("c_total", help: "", labels: ["x", "y"])
        for number in 0..<10 { family["\(number)", "y"].add() }
        family["1", "y"].add()
        #expect(family["0", "y"].value == 1)
        #expect(family["1", "y"].value == 2)
        #expect(family["other", "other"].value == 7)
        #expect(family["what", "ever"] === family["other", "other"])
    }

    @Test func `a family may have a limit of its own`() {
        let metrics = Metrics(seriesLimit: 1)
        let family = metrics.gauge("g", help: "", labels: ["x"], limit: 2)
        for number in 0..<3 { family["\(number)"].set(Double(number)) }
        #expect(family["1"].value == 1 && family["other"].value == 2)
    }

    private func text(_ random: inout SplitMix64) -> String {
        let parts = ["\\", "\"", "\n", "{", "}", ",", "=", " ", "é", "\r\n", "a", "#", "\\n"]
        return (0..<Int.random(in: 0..<6, using: &random)).map { _ in
            parts.randomElement(using: &random) ?? ""
        }.joined()
    }
}
