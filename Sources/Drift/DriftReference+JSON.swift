// The reference as a version's manifest holds it.

package import JSON

extension DriftReference {
    /// Equal references give equal bytes.
    package var json: JSONValue {
        ["source": .string(source.rawValue), "features": .array(features.map(\.json))]
    }

    /// Reads what `json` wrote; nil where it is anything else.
    package init?(_ json: JSONValue) {
        guard let source = json["source"]?.string.flatMap(Source.init(rawValue:)),
            let list = json["features"]?.array
        else { return nil }
        let features = list.compactMap(FeatureReference.init)
        guard features.count == list.count else { return nil }
        self.init(source, features)
    }
}

extension FeatureReference {
    fileprivate var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [("name", .string(name))]
        switch bins {
        case .numbers(let edges): members.append(("edges", .array(edges.map(JSONValue.number))))
        case .names(let names, let rare):
            members.append(("names", .array(names.map { .string($0) })))
            members.append(("rare", .array(rare.map { .string($0) })))
        }
        members.append(("counts", .array(counts.map { .number(Double($0)) })))
        return .object(members)
    }

    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let counts = json["counts"]?.array else {
            return nil
        }
        let bins: Bins
        if let edges = json["edges"]?.array {
            bins = .numbers(edges: edges.compactMap(\.double))
        } else {
            let (names, rare) = (json["names"]?.array ?? [], json["rare"]?.array ?? [])
            bins = .names(names.compactMap(\.string), rare: rare.compactMap(\.string))
        }
        self.init(name: name, bins: bins, counts: counts.compactMap(\.int))
    }
}
