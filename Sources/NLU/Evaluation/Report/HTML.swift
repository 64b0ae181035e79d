// Pieces of HTML and SVG.

import Numerics

/// Markup; text goes in through `text` and `attribute`, so that nothing of a data set is read as
/// markup.
struct HTML: ExpressibleByStringInterpolation, CustomStringConvertible {
    let description: String

    init(stringLiteral value: String) {
        description = value
    }

    init(stringInterpolation: Interpolation) {
        description = stringInterpolation.output
    }

    init(_ pieces: [HTML]) {
        description = pieces.map(\.description).joined()
    }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var output = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            output.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) {
            output += literal
        }

        /// Markup stays as it is.
        mutating func appendInterpolation(_ html: HTML) {
            output += html.description
        }

        mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { output += piece.description }
        }

        /// Text loses its meaning as markup, in elements and in quoted attributes.
        mutating func appendInterpolation(_ text: String) {
            for character in text {
                switch character {
                case "&": output += "&amp;"
                case "<": output += "&lt;"
                case ">": output += "&gt;"
                case "\"": output += "&quot;"
                default: output.append(character)
                }
            }
        }

        mutating func appendInterpolation(_ number: Int) {
            output += String(number)
        }

        /// A length in a picture, to a tenth.
        mutating func appendInterpolation(_ number: Double) {
            output += decimal(number, 1)
        }
    }

    /// A table: the first column to the left, the others to the right.
    static func table(_ header: [String], _ rows: [[String]]) -> HTML {
        let head = header.map { "<th scope=\"col\">\($0)</th>" as HTML }
        let body = rows.map { row -> HTML in
            let cells = row.enumerated().map { i, cell -> HTML in
                i == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td>\(cell)</td>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        return """
            <div class="scroll"><table><thead><tr>\(head)</tr></thead><tbody>
            \(body)</tbody></table></div>

            """
    }
}
