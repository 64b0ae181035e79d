// The English words that numbers, dates, times, durations and amounts are made of.

/// What a word can mean in a pattern; a word may mean several things, as `second` does.
struct Lexeme {
    enum Number: UInt8 {
        /// Below 20; a multiple of ten below 100; what multiplies the number before it.
        case none, unit, ten, hundred, scale
    }

    enum Unit: UInt8 {
        case none, second, minute, hour, day, week, month, year, weekend
    }

    /// The part that a word plays beside numbers.
    enum Role: UInt8 {
        case none, and, a, the, of, half, quarter, dozen, point, next, last, this, ago, `in`, on
        case from, now, past, to, after, before, today, tomorrow, yesterday, am, pm, noon, midnight
        case oclock, o, clock, preposition, ordinalEnding
    }

    var numberKind = Number.none
    var unit = Unit.none
    var role = Role.none
    /// 1 is January; 1 is Monday; 0 is none.
    var month: UInt8 = 0
    var weekday: UInt8 = 0
    /// Whether month, weekday or unit needs a number or a date beside it to be meant.
    var isDoubtful = false
    /// Place in `Lexicon.currencies`, negative for its hundredth part; 0 is none.
    var currency: Int8 = 0
    /// Whether the word is a currency's code.
    var isCode = false
    var number = 0
    var ordinal = 0
}

/// Finds the lexeme of a word.
enum Lexicon {
    /// Codes of ISO 4217.
    static let currencies = [
        "", "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "INR", "CNY", "SEK", "NOK", "DKK",
        "PLN", "MXN", "BRL", "KRW", "RUB", "TRY", "NZD", "ZAR",
    ]

    /// The lexeme of a word by the hash of its token; an empty one where it has none.
    static func lexeme(_ hash: UInt64) -> Lexeme {
        let mask = table.hashes.count - 1
        var i = Int(truncatingIfNeeded: hash) & mask
        while table.hashes[i] != 0 {
            if table.hashes[i] == hash { return table.lexemes[i] }
            i = (i + 1) & mask
        }
        return Lexeme()
    }

    /// The currency of a sign such as `$`; 0 for others.
    static func currency(ofSign sign: UInt32) -> Int8 {
        switch sign {
        case 0x24: 1
        case 0x20AC: 2
        case 0xA3: 3
        case 0xA5: 4
        case 0x20B9: 8
        case 0x20A9: 16
        case 0x20BD: 17
        case 0x20BA: 18
        default: 0
        }
    }

    /// Open addressing, as in `Vocabulary`.
    private static let table: (hashes: [UInt64], lexemes: [Lexeme]) = {
        var hashes = [UInt64](repeating: 0, count: 1024)
        var lexemes = [Lexeme](repeating: Lexeme(), count: 1024)
        for (word, lexeme) in words {
            let hash = EntityText.hash(word.unicodeScalars.map(\.value))
            var i = Int(truncatingIfNeeded: hash) & 1023
            while hashes[i] != 0, hashes[i] != hash { i = (i + 1) & 1023 }
            precondition(hashes[i] == 0, "a word stands twice in the lexicon")
            (hashes[i], lexemes[i]) = (hash, lexeme)
        }
        return (hashes, lexemes)
    }()

    private static var words: [(String, Lexeme)] {
        cardinals + ordinals + dates + units + roles + money
    }

    private static func each(
        _ words: String, _ set: (inout Lexeme, Int) -> Void
    ) -> [(String, Lexeme)] {
        words.split(separator: " ").enumerated().flatMap { place, alternatives in
            alternatives.split(separator: "|").map { word in
                var lexeme = Lexeme()
                set(&lexeme, place)
                return (String(word), lexeme)
            }
        }
    }

    private static var cardinals: [(String, Lexeme)] {
        each(
            """
            zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen \
            fifteen sixteen seventeen eighteen nineteen
            """
        ) { ($0.numberKind, $0.number) = (.unit, $1) }
            + each("twenty thirty forty|fourty fifty sixty seventy eighty ninety") {
                ($0.numberKind, $0.number) = (.ten, 10 * ($1 + 2))
            }
            + each("hundred") { lexeme, _ in (lexeme.numberKind, lexeme.number) = (.hundred, 100) }
            + each("thousand million billion|bn trillion") {
                let powers = [1000, 1_000_000, 1_000_000_000, 1_000_000_000_000]
                ($0.numberKind, $0.number) = (.scale, powers[$1])
            }
    }

    private static var ordinals: [(String, Lexeme)] {
        each(
            """
            first SECOND third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth \
            thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
            """
        ) { $0.ordinal = $1 + 1 }.filter { $0.0 != "SECOND" }
            + each("twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth")
        {
            $0.ordinal = 10 * ($1 + 2)
        } + each("hundredth thousandth millionth") { $0.ordinal = [100, 1000, 1_000_000][$1] }
            + each("st|nd|rd|th") { lexeme, _ in lexeme.role = .ordinalEnding }
    }

    private static var dates: [(String, Lexeme)] {
        let months = """
            january|february|april|june|july|august|september|october|november|december \
            jan|feb|apr|jun|jul|aug|sep|sept|oct|nov|dec|mar|may|march
            """
        let numbers: [Substring: UInt8] = [
            "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8,
            "sep": 9, "oct": 10, "nov": 11, "dec": 12,
        ]
        return each(months) { $0.isDoubtful = $1 == 1 }.map { word, lexeme in
            var lexeme = lexeme
            lexeme.month = numbers[word.prefix(3)] ?? 0
            return (word, lexeme)
        }
            + each("monday tuesday wednesday thursday friday saturday sunday") {
                $0.weekday = UInt8($1 + 1)
            }
            + each("mon tue|tues wed thu|thurs|thur fri sat sun") {
                ($0.weekday, $0.isDoubtful) = (UInt8($1 + 1), true)
            }
    }

    private static var units: [(String, Lexeme)] {
        let units: [Lexeme.Unit] = [.second, .minute, .hour, .day, .week, .month, .year, .weekend]
        return each(
            """
            seconds|sec|secs minutes|minute|min|mins hours|hour|hr|hrs days|day weeks|week \
            months|month years|year|yr|yrs weekend|weekends
            """
        ) { $0.unit = units[$1] }
            + each("s m h d") { ($0.unit, $0.isDoubtful) = (units[$1], true) }
            + each("second") { lexeme, _ in (lexeme.unit, lexeme.ordinal) = (.second, 2) }
    }

    private static var roles: [(String, Lexeme)] {
        let roles: [Lexeme.Role] = [
            .and, .a, .the, .of, .half, .quarter, .dozen, .point, .next, .last, .this, .ago, .in,
            .on, .from, .now, .past, .to, .after, .before, .today, .tomorrow, .yesterday, .am, .pm,
            .noon, .midnight, .oclock, .o, .clock, .preposition,
        ]
        return each(
            """
            and a|an the of half quarter dozen point next|coming last|previous this ago in on from \
            now past to|till after before today|tonight tomorrow|tmrw yesterday am pm noon|midday \
            midnight oclock o 'clock since|until|by|during
            """
        ) { $0.role = roles[$1] }
    }

    private static var money: [(String, Lexeme)] {
        each("dollar|dollars|buck|bucks euro|euros pound|pounds|quid yen franc|francs") {
            $0.currency = Int8($1 + 1)
        } + each("rupee|rupees yuan|renminbi") { $0.currency = Int8($1 + 8) }
            + each("cent|cents - penny|pence|pennies") { $0.currency = -Int8($1 + 1) }
            .filter { $0.0 != "-" }
            + currencies.dropFirst().enumerated().map { place, code in
                var lexeme = Lexeme()
                (lexeme.currency, lexeme.isCode) = (Int8(place + 1), true)
                // Words of the language that are codes as well.
                lexeme.isDoubtful = code == "TRY"
                return (code.lowercased(), lexeme)
            }
    }
}
