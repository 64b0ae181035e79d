// Changing a tree by a patch of its own shape.

extension JSONValue {
    /// The value with a merge patch applied: members of the patch take the place of those of the same
    /// name, objects are merged member by member, `null` removes, and lists are replaced as a whole.
    ///
    /// Members that stay keep their order, new ones follow. Source: RFC 7396, section 2.
    package func merging(_ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = object ?? []
        for (key, change) in changes {
            let place = members.lastIndex { $0.key.utf8.elementsEqual(key.utf8) }
            switch (place, change.isNull) {
            case (let place?, true): members.remove(at: place)
            case (let place?, false): members[place].value = members[place].value.merging(change)
            case (nil, true): continue
            case (nil, false): members.append((key, JSONValue.null.merging(change)))
            }
        }
        return .object(members)
    }
}
