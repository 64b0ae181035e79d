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
}
