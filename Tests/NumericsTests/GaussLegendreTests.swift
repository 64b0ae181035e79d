import Numerics
import Testing

@Suite struct GaussLegendreTests {
    @Test(arguments: [1, 2, 3, 7, 32, 256])
    func `polynomials are integrated exactly up to twice the points`(count: Int) {
        let rule = GaussLegendre(count: count)
        for degree in Set([0, 1, count, 2 * count - 1]) {
            let sum = zip(rule.points, rule.weights).reduce(0) {
                $0 + $1.1 * Double.pow($1.0, Double(degree))
            }
            #expect(abs(sum * Double(degree + 1) - 1) < 1e-12)
        }
        #expect(rule.points.allSatisfy { $0 > 0 && $0 < 1 })
    }
}
