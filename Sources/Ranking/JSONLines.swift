// Files of one JSON value a line.

package import JSON

/// Hands on the values of JSON lines; an error names the line.
func forEachLine(
    of bytes: [UInt8], _ body: (JSONValue) throws(FieldError) -> Void
) throws(ItemFileError) {
    var (start, number) = (0, 0)
    while start < bytes.count {
        number += 1
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let line = Array(bytes[start..<end])
        start = end + 1
        guard line.contains(where: { $0 > UInt8(ascii: " ") }) else { continue }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line)
        } catch {
            throw ItemFileError(line: number, reason: .json(error))
        }
        do throws(FieldError) {
            try body(value)
        } catch {
            throw ItemFileError(line: number, reason: .field(error))
        }
    }
}

/// A line of a file of items or events that is none.
package struct ItemFileError: Error, Equatable, Sendable {
    /// Counted from 1.
    package let line: Int
    package let reason: Reason

    package init(line: Int, reason: Reason) {
        self.line = line
        self.reason = reason
    }

    package enum Reason: Equatable, Sendable {
        case json(JSONError)
        case field(FieldError)
    }
}

extension ItemFileError: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .json(let error): "line \(line): \(error)"
        case .field(let error): "line \(line): \(error)"
        }
    }
}
