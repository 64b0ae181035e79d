// What is wrong with a tree of JSON, and where.

package import JSON

/// A value in a definition or an item that is missing or not what is wanted there.
package struct FieldError: Error, Equatable, Sendable {
    /// The way to the value from the root, as in `rerank[1].most`; empty for the root.
    package let path: String
    package let reason: Reason

    package init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    package enum Reason: Equatable, Sendable {
        case missing
        case wrongType(wanted: JSONType)
        case notAnInteger
        case outOfRange(ClosedRange<Double>)
        case unknownKey
        case unknownName(String, known: [String])
        case repeatedName(String)
        /// A list that is too short or too long for what it belongs to.
        case wrongLength(Int, wanted: Int)
        case formula(MetricFormulaError)
        case tooMany(Int, most: Int)
    }
}

extension FieldError: CustomStringConvertible {
    package var description: String {
        "\(path.isEmpty ? "the value" : path): \(reason)"
    }
}

extension FieldError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing: "is missing"
        case .wrongType(let wanted): "must be of type \(wanted.rawValue)"
        case .notAnInteger: "must be a whole number"
        case .outOfRange(let range): "must lie in \(range)"
        case .unknownKey: "is not known here"
        case .unknownName(let name, let known):
            "'\(name)' is not one of \(known.joined(separator: ", "))"
        case .repeatedName(let name): "'\(name)' stands there twice"
        case .wrongLength(let count, let wanted): "has \(count) elements, not \(wanted)"
        case .formula(let error): "the formula \(error)"
        case .tooMany(let count, let most): "has \(count) elements, of at most \(most)"
        }
    }
}

/// A value and the way to it: reading through it gives errors that say where.
struct JSONPlace {
    let value: JSONValue
    let path: String

    init(_ value: JSONValue, path: String = "") {
        self.value = value
        self.path = path
    }

    func error(_ reason: FieldError.Reason) -> FieldError {
        FieldError(path: path, reason: reason)
    }

    /// Checks that this is an object with no other members than these, so that a slip of the pen
    /// is not taken for a default.
    func check(keys: [String]) throws(FieldError) {
        guard let members = value.object else { throw error(.wrongType(wanted: .object)) }
        for member in members where !keys.contains(member.key) {
            throw place(member.key, member.value).error(.unknownKey)
        }
    }

    /// The member of that name; `nil` where there is none, or null.
    func member(_ key: String) -> JSONPlace? {
        guard let value = value[key], !value.isNull else { return nil }
        return place(key, value)
    }

    func required(_ key: String) throws(FieldError) -> JSONPlace {
        guard let place = member(key) else { throw self.place(key, .null).error(.missing) }
        return place
    }

    func members() throws(FieldError) -> [(key: String, place: JSONPlace)] {
        guard let members = value.object else { throw error(.wrongType(wanted: .object)) }
        return members.map { ($0.key, place($0.key, $0.value)) }
    }

    func elements() throws(FieldError) -> [JSONPlace] {
        guard let values = value.array else { throw error(.wrongType(wanted: .array)) }
        return values.enumerated().map { JSONPlace($1, path: "\(path)[\($0)]") }
    }

    func string() throws(FieldError) -> String {
        guard let string = value.string else { throw error(.wrongType(wanted: .string)) }
        return string
    }

    func strings() throws(FieldError) -> [String] {
        var strings: [String] = []
        for element in try elements() { strings.append(try element.string()) }
        return strings
    }

    func bool() throws(FieldError) -> Bool {
        guard let bool = value.bool else { throw error(.wrongType(wanted: .boolean)) }
        return bool
    }

    func number(in range: ClosedRange<Double>) throws(FieldError) -> Double {
        guard let number = value.double else { throw error(.wrongType(wanted: .number)) }
        guard range.contains(number) else { throw error(.outOfRange(range)) }
        return number
    }

    func integer(in range: ClosedRange<Int>) throws(FieldError) -> Int {
        let number = try number(in: Double(range.lowerBound)...Double(range.upperBound))
        guard let integer = Int(exactly: number) else { throw error(.notAnInteger) }
        return integer
    }

    /// The case that the string names.
    func choice<Choice: RawRepresentable<String> & CaseIterable>()
        throws(FieldError) -> Choice
    {
        let name = try string()
        guard let choice = Choice(rawValue: name) else {
            throw error(.unknownName(name, known: Choice.allCases.map(\.rawValue)))
        }
        return choice
    }

    private func place(_ key: String, _ value: JSONValue) -> JSONPlace {
        JSONPlace(value, path: path.isEmpty ? key : "\(path).\(key)")
    }
}
