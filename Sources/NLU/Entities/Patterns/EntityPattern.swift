// The patterns by name.

/// An entity that is recognised by how it is written; the raw value is its type.
///
/// Of two that cover the same words, the one that stands first here counts.
package enum EntityPattern: String, CaseIterable, Sendable {
    case email, url, phone, money, date, time, duration, ordinal, number
}

extension EntityText {
    /// The token behind an entity that begins at token `i`; nil where none does.
    func end(of pattern: EntityPattern, at i: Int) -> Int? {
        switch pattern {
        case .email: email(at: i)
        case .url: url(at: i)
        case .phone: phone(at: i)
        case .money: money(at: i)?.end
        case .date: date(at: i)?.end
        case .time: time(at: i)?.end
        case .duration: duration(at: i)?.end
        case .ordinal: ordinal(at: i)?.end
        case .number: number(at: i)?.end
        }
    }

    /// What an entity stands for; `range` is one that `end(of:at:)` found.
    func value(of pattern: EntityPattern, _ range: Range<Int>) -> String? {
        let i = range.lowerBound
        return switch pattern {
        case .email: address(range, isEmail: true)
        case .url: address(range, isEmail: false)
        case .phone: phoneDigits(range)
        case .money: money(at: i)?.value.text
        case .date: date(at: i)?.value.text
        case .time: time(at: i)?.value.text
        case .duration: duration(at: i)?.value.text
        case .ordinal: ordinal(at: i).map { String($0.value) }
        case .number: number(at: i)?.value.text
        }
    }

    /// Which patterns are looked for at a token.
    enum Beginnings {
        case none, addresses, all
    }

    /// Which patterns can begin at a token: most words begin none, and most signs.
    func beginnings(at i: Int) -> Beginnings {
        switch tokens[i].kind {
        case .digits: return .all
        case .suffix: return .none
        case .letters:
            if tokens[i].lexeme.isMeaningful { return .all }
            return hasAt || hasDot ? .addresses : .none
        case .sign:
            // Numbers below 0, telephone numbers, amounts of money.
            let sign = scalars[tokens[i].start]
            let begins = sign == 0x2D || sign == 0x2B || sign == 0x28
            return begins || Lexicon.currency(ofSign: sign) != 0 ? .all : .none
        }
    }
}

extension EntityPattern {
    var isAddress: Bool { self == .email || self == .url }
}

extension Lexeme {
    /// Whether the word means anything in a pattern.
    var isMeaningful: Bool {
        numberKind != .none || unit != .none || role != .none || month > 0 || weekday > 0
            || currency != 0 || ordinal > 0
    }
}
