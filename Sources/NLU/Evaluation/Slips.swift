// Typing errors, as fingers make them on a keyboard.

/// Texts in which letters err.
package enum Slips {
    /// The text with each of its letters mistyped with the chance `rate`.
    ///
    /// A slip is, with equal chance, a neighbour on the keyboard, a letter left out, one typed twice,
    /// or one that changes places with the next. Letters outside a...z have no neighbours and are
    /// left out instead.
    package static func mistype(
        _ text: String, rate: Double, using random: inout some RandomNumberGenerator
    ) -> String {
        var result = ""
        var rest = Array(text)[...]
        while let character = rest.popFirst() {
            guard character.isLetter, Double.random(in: 0..<1, using: &random) < rate else {
                result.append(character)
                continue
            }
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                if let neighbour = neighbour(of: character, using: &random) {
                    result.append(neighbour)
                }
            case 1: break
            case 2:
                result.append(character)
                result.append(character)
            default:
                if let next = rest.popFirst() { result.append(next) }
                result.append(character)
            }
        }
        return result
    }

    private static let rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"].map(Array.init)

    private static func neighbour(
        of character: Character, using random: inout some RandomNumberGenerator
    ) -> Character? {
        let lower = Character(character.lowercased())
        guard let row = rows.firstIndex(where: { $0.contains(lower) }),
            let column = rows[row].firstIndex(of: lower)
        else { return nil }
        // Keys of a row stand half a key to the right of those of the row above.
        let places = [
            (row, column - 1), (row, column + 1), (row - 1, column), (row - 1, column + 1),
            (row + 1, column - 1), (row + 1, column),
        ]
        let keys = places.filter {
            rows.indices.contains($0.0) && rows[$0.0].indices.contains($0.1)
        }
        guard let key = keys.randomElement(using: &random) else { return nil }
        let letter = rows[key.0][key.1]
        return character.isUppercase ? Character(letter.uppercased()) : letter
    }
}
