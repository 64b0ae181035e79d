import JSON
import Numerics

/// Random values for the laws.
enum JSONSample {
    static func value(depth: Int, using random: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .boolean(.random(using: &random))
        case 2: return .number(Double(Int.random(in: -1000...1000, using: &random)))
        case 3: return .number(number(using: &random))
        case 4: return .string(string(using: &random))
        case 5:
            let count = Int.random(in: 0...4, using: &random)
            return .array((0..<count).map { _ in value(depth: depth - 1, using: &random) })
        default:
            let count = Int.random(in: 0...4, using: &random)
            return .object(
                (0..<count).map { i in
                    ("\(i)" + string(using: &random), value(depth: depth - 1, using: &random))
                })
        }
    }

    /// Any finite double: all bit patterns are alike.
    static func number(using random: inout SplitMix64) -> Double {
        let value = Double(bitPattern: random.next())
        return value.isFinite ? value : 0.1
    }

    static func string(using random: inout SplitMix64) -> String {
        let characters = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\u{8}", "\u{1f}", "é", "水", "😀",
        ]
        let count = Int.random(in: 0...20, using: &random)
        return (0..<count).map { _ in characters.randomElement(using: &random) ?? "" }.joined()
    }
}
