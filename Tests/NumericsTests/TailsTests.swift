import Numerics
import Testing

/// Expected values are those of SciPy 1.17.
@Suite struct TailsTests {
    @Test(
        arguments: [
            (-3, 0.9986501019683699), (0, 0.5), (0.5, 0.3085375387259869),
            (1.96, 0.024997895148220435), (6, 9.865876450376946e-10), (20, 2.7536241186061556e-89),
        ] as [(Double, Double)])
    func `the normal tail is precise far out`(z: Double, expected: Double) {
        #expect(abs(normalTail(z) / expected - 1) < 1e-12)
    }

    @Test(
        arguments: [
            (4, 1, 0.04550026389635857), (16, 1, 6.334248366623988e-05),
            (3.6, 1, 0.05777957112359715),
            (10, 2, 0.006737946999085468), (7.5, 3, 0.0575584519726364),
            (30, 20, 0.06985366069940986),
            (1200, 1000, 1.2255942330622893e-05), (0.01, 5, 0.9999994699729957), (0, 4, 1),
        ] as [(Double, Int, Double)])
    func `the chi-square tail is right for few degrees of freedom and for many`(
        x: Double, degrees: Int, expected: Double
    ) {
        #expect(abs(chiSquareTail(x, degrees: degrees) / expected - 1) < 1e-10)
    }

    @Test(
        arguments: [
            (2, 1, 0.2951672353008665), (2, 5, 0.10193947882985835), (0.5, 3.7, 0.6453356333199318),
            (1.96, 1e6, 0.04999606758526985), (-4.2, 17.3, 0.0005813404571487163),
            (12, 40, 7.82417130425598e-15), (0, 9, 1), (1e-9, 5, 0.9999999992407866),
        ] as [(Double, Double, Double)])
    func `Student's tails are right for any degrees of freedom`(
        t: Double, degrees: Double, expected: Double
    ) {
        #expect(abs(studentTails(t, degrees: degrees) / expected - 1) < 1e-9)
    }
}
