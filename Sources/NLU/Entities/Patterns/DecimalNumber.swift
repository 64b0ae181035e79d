// A number with the decimals it was written with.

/// `mantissa` / 10^`decimals`.
struct DecimalNumber: Equatable {
    private(set) var mantissa: Int
    private(set) var decimals: Int

    init(_ mantissa: Int, decimals: Int = 0) {
        self.mantissa = mantissa
        self.decimals = decimals
    }

    /// The number, if it is whole.
    var whole: Int? { decimals == 0 ? mantissa : nil }

    /// The product with a whole number, without zeros at its end; nil where it is too large.
    func times(_ factor: Int) -> DecimalNumber? {
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        return DecimalNumber(product, decimals: decimals).withoutZeros
    }

    /// The sum; nil where it is too large.
    func plus(_ other: DecimalNumber) -> DecimalNumber? {
        let places = max(decimals, other.decimals)
        guard let a = scaled(to: places), let b = other.scaled(to: places) else { return nil }
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? nil : DecimalNumber(sum, decimals: places)
    }

    var negated: DecimalNumber { DecimalNumber(-mantissa, decimals: decimals) }

    /// The whole part and what is left.
    var parts: (whole: Int, rest: DecimalNumber) {
        let power = Self.powerOfTen(decimals) ?? 1
        return (mantissa / power, DecimalNumber(mantissa % power, decimals: decimals).withoutZeros)
    }

    var withoutZeros: DecimalNumber {
        var number = self
        while number.decimals > 0, number.mantissa.isMultiple(of: 10) {
            number.mantissa /= 10
            number.decimals -= 1
        }
        return number
    }

    /// With a point: `12.50`, `-3`.
    var text: String {
        guard decimals > 0 else { return String(mantissa) }
        let digits = String(mantissa.magnitude)
        let zeros = String(repeating: "0", count: max(0, decimals + 1 - digits.count))
        let padded = zeros + digits
        return (mantissa < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    private func scaled(to places: Int) -> Int? {
        guard let power = Self.powerOfTen(places - decimals) else { return nil }
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: power)
        return overflow ? nil : product
    }

    static func powerOfTen(_ exponent: Int) -> Int? {
        guard (0...18).contains(exponent) else { return nil }
        return (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}
