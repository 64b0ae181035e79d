// A condition on one field of an item.

package import JSON

/// Holds for items whose field is as wanted; all parts that are given must hold.
///
/// A field with a list of texts is one of some texts if any of its elements is. A missing field, or one of
/// another type, fulfils only `isNot` and `isPresent: false`.
package struct FieldCondition: Equatable, Sendable {
    package var field: String
    package var isOne: [String]?
    package var isNot: [String]?
    package var atLeast: Double?
    package var atMost: Double?
    package var isPresent: Bool?

    package init(
        field: String, isOne: [String]? = nil, isNot: [String]? = nil, atLeast: Double? = nil,
        atMost: Double? = nil, isPresent: Bool? = nil
    ) {
        self.field = field
        self.isOne = isOne
        self.isNot = isNot
        self.atLeast = atLeast
        self.atMost = atMost
        self.isPresent = isPresent
    }

    /// Whether it holds for the value of its field; nil for an item without it.
    package func holds(for value: JSONValue?) -> Bool {
        if let isPresent, isPresent != !(value?.isNull ?? true) { return false }
        if let isOne, !Self.isOne(of: isOne, value) { return false }
        if let isNot, Self.isOne(of: isNot, value) { return false }
        if atLeast == nil, atMost == nil { return true }
        guard let number = value?.double else { return false }
        return number >= atLeast ?? -.infinity && number <= atMost ?? .infinity
    }

    /// Looks without a list of the texts, for it is asked of every candidate.
    private static func isOne(of texts: [String], _ value: JSONValue?) -> Bool {
        switch value {
        case .string(let text): texts.contains(text)
        case .array(let elements): elements.contains { $0.string.map(texts.contains) ?? false }
        case .null, .boolean, .number, .object, nil: false
        }
    }
}
