import Learning
import Testing

@Suite struct BootstrapTests {
    @Test func `the interval of a mean is that of its standard error`() {
        // 400 examples of which 0.5 count: standard error 0.025.
        let bootstrap = Bootstrap(resamples: 2000, seed: 3)
        let interval = bootstrap.intervals(of: [Array(0..<400)]) { times in
            [Double(times[0..<200].reduce(0, +)) / 400]
        }[0]
        #expect(abs(interval.lowerBound - 0.451) < 0.012)
        #expect(abs(interval.upperBound - 0.549) < 0.012)
    }

    @Test func `strata keep their sizes, and equal seeds give equal intervals`() {
        let bootstrap = Bootstrap(resamples: 50, seed: 5)
        var sizes: Set<[Int]> = []
        let measure = { (times: [Int]) -> [Double] in
            sizes.insert([times[0] + times[2], times[1] + times[3] + times[4]])
            return [Double(times[0])]
        }
        let first = bootstrap.intervals(of: [[0, 2], [1, 3, 4]], measure: measure)
        #expect(sizes == [[2, 3]])
        #expect(first == bootstrap.intervals(of: [[0, 2], [1, 3, 4]], measure: measure))
        #expect(first[0] == 0...2)
    }
}
