// An event of the log as a line of text.

internal import JSON
package import Wire

/// Writes events in columns: time, type, document, session, and what is particular to the type.
package struct EventLine: Equatable, Sendable {
    private let isColored: Bool
    /// Seconds east of Greenwich, for the time of day.
    private let zone: Int

    package init(isColored: Bool, zone: Int) {
        self.isColored = isColored
        self.zone = zone
    }

    package func text(_ event: ServerMessage.Event) -> String {
        var line = colored(Self.timeOfDay(event.time, zone: zone), "2")
        line += "  " + colored(Self.column(event.event, 15), Self.color(of: event.event))
        line += " " + Self.column(event.document ?? "-", 24)
        line +=
            " " + colored(Self.column(event.session.map { String($0.prefix(8)) } ?? "-", 8), "2")
        for field in event.fields {
            line += "  " + colored(field.name + "=", "2") + Self.text(field.value)
        }
        return line
    }

    /// Says that events were dropped before the one that follows.
    package func text(lost count: Int) -> String {
        colored(
            "… \(count) events lost: this reader is too slow, narrow it with --events or --doc",
            "33")
    }

    private func colored(_ text: String, _ code: String) -> String {
        isColored && !code.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    private static func color(of event: String) -> String {
        switch event {
        case "intent": "32"
        case "recommendations", "duplicate": "35"
        case "interact", "feedback", "item": "34"
        case "edit": "36"
        case "error": "1;31"
        case "deploy", "drain": "1;33"
        default: ""
        }
    }

    /// HH:MM:SS.mmm of a time in microseconds since 1970.
    static func timeOfDay(_ time: Int, zone: Int) -> String {
        let day = 86_400_000
        let local = time / 1000 + zone * 1000
        let milliseconds = (local % day + day) % day
        let parts = [
            milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds / 1000 % 60,
        ]
        return parts.map { padded($0, 2) }.joined(separator: ":") + "."
            + padded(milliseconds % 1000, 3)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func column(_ text: String, _ width: Int) -> String {
        let text = harmless(text)
        return text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func text(_ value: JSONValue) -> String {
        guard case .string(let string) = value else { return value.description }
        let text = harmless(string)
        return text.isEmpty || text.contains(" ") ? "\"\(text)\"" : text
    }

    /// Control characters by their numbers: what somebody else has typed must not steer the terminal.
    package static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isControl(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
            || scalar.properties.generalCategory == .format
    }
}
