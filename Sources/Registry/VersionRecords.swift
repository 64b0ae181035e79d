// What people and tests say of a version after it was made.

package import JSON

/// A remark on a version.
package struct Note: Equatable, Sendable {
    /// Microseconds since 1970.
    package let time: Int
    package let by: String
    package let text: String

    package init(time: Int, by: String, text: String) {
        self.time = time
        self.by = by
        self.text = text
    }

    init(_ node: JSONNode) throws(RegistryError) {
        self.init(
            time: try node.member("time").integer(in: 0 ... .max),
            by: try node.member("by").string(), text: try node.member("text").string())
    }

    package var json: JSONValue {
        ["time": .number(Double(time)), "by": .string(by), "text": .string(text)]
    }
}

/// What came of the behavioural tests of a version.
package struct TestOutcome: Equatable, Sendable {
    /// Microseconds since 1970.
    package let time: Int
    /// The SHA-256 of the tests, in hexadecimal: other tests are to be run anew.
    package let digest: String
    package let count: Int
    /// One line a test that failed.
    package let failures: [String]

    package init(time: Int, digest: String, count: Int, failures: [String]) {
        self.time = time
        self.digest = digest
        self.count = count
        self.failures = failures
    }

    /// Whether there was a test, and none failed.
    package var hasPassed: Bool { count > 0 && failures.isEmpty }

    init(_ node: JSONNode) throws(RegistryError) {
        var failures: [String] = []
        for failure in try node.member("failures").elements() {
            failures.append(try failure.string())
        }
        self.init(
            time: try node.member("time").integer(in: 0 ... .max),
            digest: try node.member("sha256").string(),
            count: try node.member("count").integer(in: 0 ... .max), failures: failures)
    }

    package var json: JSONValue {
        [
            "time": .number(Double(time)), "sha256": .string(digest),
            "count": .number(Double(count)),
            "failures": .array(failures.map { .string($0) }),
        ]
    }
}
