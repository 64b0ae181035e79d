// Parts of a log that are measured by themselves.

import JSON
import NLU
import Ranking
import Registry

/// Names the parts that lists belong to.
struct RankerSlices {
    private enum Rule {
        case intent, source, user
        /// What the items that were taken hold in a field.
        case field(String)
        /// Parts by request.
        case file(Slices)
    }

    private let rules: [(name: String, rule: Rule)]
    private let fields: [String: JSONValue]
    /// Requests of people who were shown a list before.
    private let known: Set<String>

    /// Takes names, separated by commas, of `intent`, `source`, `user` or fields of items, or a file of
    /// requests and slices.
    init(_ text: String?, _ items: [Item], _ events: [RankingEvent], users: Set<String>) throws {
        if let text, FileSystem.exists(text) {
            rules = [("file", .file(try readSlices(text)))]
        } else {
            rules = (text ?? "").split(separator: ",").map(String.init).map { name in
                switch name {
                case "intent": (name, .intent)
                case "source": (name, .source)
                case "user": (name, .user)
                default: (name, .field(name))
                }
            }
        }
        fields = Dictionary(items.map { ($0.id, $0.fields) }) { $1 }
        var (seen, known) = (users, Set<String>())
        for case .impression(let impression) in events {
            guard let user = impression.user else { continue }
            if !seen.insert(user).inserted { known.insert(impression.request) }
        }
        self.known = known
    }

    /// The places of the lists of each slice, by its name.
    func lists(of data: RankingData) -> [(name: String, lists: [Int])] {
        rules.flatMap { name, rule in
            var slices: [String: [Int]] = [:]
            for (list, group) in data.groups.enumerated() {
                for part in Set(parts(rule, group)) { slices[part, default: []].append(list) }
            }
            return slices.sorted { $0.key < $1.key }.map { ("\(name)=\($0.key)", $0.value) }
        }
    }

    private func parts(_ rule: Rule, _ group: JoinedImpression) -> [String] {
        let impression = group.impression
        switch rule {
        case .intent: return [impression.intent ?? "none"]
        case .source: return [impression.source.rawValue]
        case .user: return [known.contains(impression.request) ? "known" : "unknown"]
        case .field(let field):
            return group.labels.indices.filter { group.labels[$0] > 0 }.flatMap {
                fields[impression.items[$0]]?[field]?.parts ?? ["none"]
            }
        case .file(let slices):
            return slices.slices(of: impression.request).map { slices.names[$0] }
        }
    }
}

extension JSONValue {
    fileprivate var parts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.parts)
        case .number, .boolean: [description]
        case .null, .object: ["none"]
        }
    }
}
