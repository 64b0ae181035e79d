// A tree of JSON, read strictly: every mistake is named with its place.

/// A value and the way to it: reading through it gives errors that say where.
package struct JSONPlace {
    package let value: JSONValue
    package let path: String

    package init(_ value: JSONValue, path: String = "") {
        self.value = value
        self.path = path
    }

    package func error(_ reason: FieldError.Reason) -> FieldError {
        FieldError(path: path, reason: reason)
    }

    /// Checks that this is an object with no other members than these, so that a slip of the pen
    /// is not taken for a default.
    package func check(keys: [String]) throws(FieldError) {
        guard let members = value.object else { throw error(.wrongType(wanted: .object)) }
        for member in members where !keys.contains(member.key) {
            throw place(member.key, member.value).error(.unknownKey)
        }
    }

    /// The member of that name; `nil` where there is none, or null.
    package func member(_ key: String) -> JSONPlace? {
        guard let value = value[key], !value.isNull else { return nil }
        return place(key, value)
    }

    package func required(_ key: String) throws(FieldError) -> JSONPlace {
        guard let place = member(key) else { throw self.place(key, .null).error(.missing) }
        return place
    }

    package func members() throws(FieldError) -> [(key: String, place: JSONPlace)] {
        guard let members = value.object else { throw error(.wrongType(wanted: .object)) }
        return members.map { ($0.key, place($0.key, $0.value)) }
    }

    package func elements() throws(FieldError) -> [JSONPlace] {
        guard let values = value.array else { throw error(.wrongType(wanted: .array)) }
        return values.enumerated().map { JSONPlace($1, path: "\(path)[\($0)]") }
    }

    package func string() throws(FieldError) -> String {
        guard let string = value.string else { throw error(.wrongType(wanted: .string)) }
        return string
    }

    package func strings() throws(FieldError) -> [String] {
        var strings: [String] = []
        for element in try elements() { strings.append(try element.string()) }
        return strings
    }

    package func bool() throws(FieldError) -> Bool {
        guard let bool = value.bool else { throw error(.wrongType(wanted: .boolean)) }
        return bool
    }

    package func number(in range: ClosedRange<Double>) throws(FieldError) -> Double {
        guard let number = value.double else { throw error(.wrongType(wanted: .number)) }
        guard range.contains(number) else { throw error(.outOfRange(range)) }
        return number
    }

    package func integer(in range: ClosedRange<Int>) throws(FieldError) -> Int {
        let number = try number(in: Double(range.lowerBound)...Double(range.upperBound))
        guard let integer = Int(exactly: number) else { throw error(.notAnInteger) }
        return integer
    }

    /// The case that the string names.
    package func choice<Choice: RawRepresentable<String> & CaseIterable>()
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
