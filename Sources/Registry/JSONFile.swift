// Reading a JSON file strictly: every mistake is named with its place.

import JSON

/// A value in a JSON file, with where it stands.
struct JSONNode {
    let value: JSONValue
    private let path: String
    /// As in `models[1].name`; empty for the whole file.
    private let location: String

    /// Parses a whole file.
    init(parsing bytes: [UInt8], path: String) throws(RegistryError) {
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .invalidFile(path: path, location: "", problem: .notJSON(error))
        }
        self.path = path
        location = ""
    }

    private init(_ value: JSONValue, path: String, location: String) {
        self.value = value
        self.path = path
        self.location = location
    }

    /// Refuses members with other names, and names that stand twice.
    func checkKeys(_ known: [String]) throws(RegistryError) {
        guard let members = value.object else { throw failure(.wrongType(wanted: "an object")) }
        var seen: Set<String> = []
        for (key, _) in members {
            guard known.contains(key) else { throw failure(.unknownKey(key, known: known)) }
            guard seen.insert(key).inserted else { throw failure(.twice(key)) }
        }
    }

    /// The member of that name, if it is there.
    subscript(key: String) -> JSONNode? {
        value[key].map {
            let place = location.isEmpty ? key : "\(location).\(key)"
            return JSONNode($0, path: path, location: place)
        }
    }

    /// The member of that name, which must be there.
    func member(_ key: String) throws(RegistryError) -> JSONNode {
        if let node = self[key] { return node }
        let place = location.isEmpty ? key : "\(location).\(key)"
        throw .invalidFile(path: path, location: place, problem: .missing)
    }

    func elements() throws(RegistryError) -> [JSONNode] {
        guard let values = value.array else { throw failure(.wrongType(wanted: "an array")) }
        return values.enumerated().map { index, value in
            JSONNode(value, path: path, location: "\(location)[\(index)]")
        }
    }

    func string() throws(RegistryError) -> String {
        guard let text = value.string else { throw failure(.wrongType(wanted: "a string")) }
        return text
    }

    func boolean() throws(RegistryError) -> Bool {
        guard let value = value.bool else { throw failure(.wrongType(wanted: "true or false")) }
        return value
    }

    func name() throws(RegistryError) -> String {
        let text = try string()
        guard isName(text) else { throw failure(.invalidName(text)) }
        return text
    }

    /// The name of a git branch.
    func branch() throws(RegistryError) -> String {
        let text = try string()
        guard isBranch(text) else { throw failure(.invalidName(text)) }
        return text
    }

    func integer(in range: ClosedRange<Int>) throws(RegistryError) -> Int {
        guard let number = value.int else { throw failure(.wrongType(wanted: "an integer")) }
        guard range.contains(number) else { throw failure(.outOfRange) }
        return number
    }

    /// A number from 0 to 1.
    func share() throws(RegistryError) -> Double {
        guard let number = value.double else { throw failure(.wrongType(wanted: "a number")) }
        guard 0...1 ~= number else { throw failure(.outOfRange) }
        return number
    }

    /// One of a few words.
    func choice<Choice>(
        of type: Choice.Type
    ) throws(RegistryError) -> Choice where Choice: RawRepresentable<String> & CaseIterable {
        let text = try string()
        if let choice = Choice(rawValue: text) { return choice }
        throw failure(.unknownValue(text, known: Choice.allCases.map(\.rawValue)))
    }

    func failure(_ problem: FileProblem) -> RegistryError {
        .invalidFile(path: path, location: location, problem: problem)
    }
}
