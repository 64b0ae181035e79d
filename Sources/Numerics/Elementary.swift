// The elementary functions that the standard library leaves to the system.

import CKernels

extension Double {
    /// e to the power `x`.
    package static func exp(_ x: Double) -> Double { kernel_exp(x) }

    /// The natural logarithm.
    package static func log(_ x: Double) -> Double { kernel_log(x) }

    package static func cos(_ x: Double) -> Double { kernel_cos(x) }

    /// `x` to the power `y`.
    package static func pow(_ x: Double, _ y: Double) -> Double { kernel_pow(x, y) }

    /// The complementary error function, 2 / √π ∫ₓ^∞ exp(−t²) dt; precise far out, where 1 − erf is not.
    package static func erfc(_ x: Double) -> Double { kernel_erfc(x) }

    /// The natural logarithm of Γ(x), for x > 0.
    package static func logGamma(_ x: Double) -> Double { kernel_lgamma(x) }
}

extension Float {
    /// e to the power `x`, as the system's library rounds it.
    package static func exp(_ x: Float) -> Float { kernel_exp_f32(x) }
}
