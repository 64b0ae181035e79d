// A new recommender of a corpus, ready to be deployed and edited.

import JSON
import Ranking

extension Project {
    /// What a recommender recommends, and where.
    struct Place {
        let corpus: String
        let sources: [String]
    }

    /// The files of a new recommender; without a place, of the demo's articles.
    static func newRankerFiles(
        _ name: String, _ place: Place?
    ) -> [(path: String, bytes: [UInt8])] {
        guard let place else {
            let definition = demo("demo/recommender.json").setting("name", to: .string(name))
            return [
                ("model.json", definition.serialized(pretty: true)),
                ("articles.jsonl", asset("demo/articles.jsonl")),
                ("README.md", readme(name, articles)),
            ]
        }
        let definition = demo("demo/ranker.json").setting("name", to: .string(name))
            .setting("corpus", to: .string(place.corpus))
            .setting("sources", to: .array(place.sources.map { .string($0) }))
        return [
            ("model.json", definition.serialized(pretty: true)),
            ("items.jsonl", items(of: place.corpus)),
            ("README.md", readme(name, explanation(place))),
        ]
    }

    private static func demo(_ name: String) -> JSONValue {
        (try? JSONValue(parsing: asset(name))) ?? [:]
    }

    private static func items(of corpus: String) -> [UInt8] {
        asset("demo/items.jsonl").split(separator: UInt8(ascii: "\n")).flatMap { line in
            let item = (try? JSONValue(parsing: Array(line))) ?? [:]
            return item.setting("corpus", to: .string(corpus)).serialized() + [UInt8(ascii: "\n")]
        }
    }

    private static let articles = """
        Recommends items for the text that is being written. `model.json` names the stages: fetch, filter,
        features, score, rerank. `articles.jsonl` holds the items, one JSON object a line.
        """

    private static func explanation(_ place: Place) -> String {
        let sources = place.sources.map { "`\($0)`" }.joined(separator: ", ")
        return """
            Recommends items of the corpus `\(place.corpus)` in \(sources). It works as it stands, with a few items to
            begin with; replace these in `items.jsonl`, or send your own while it runs:

                {"type": "item", "corpus": "\(place.corpus)", "item": "id", "fields": {"title": "…", "visibility": "public"}}

            `model.json`, member by member:

            - `schema`: the fields of an item and their types (text, texts, number, numbers, boolean, time, or a
              list of the texts that it can be). An item that is otherwise is refused; further fields are allowed.
            - `access`: who may see an item: everybody where `visibility` says so, else its `readers`.
            - `fetch`: where candidates come from. Also: intent, vector, together, same.
            - `filter`: what is taken out. Also: seen, tags, rule.
            - `features`: what is known of each candidate. Those with a `kind` are counted from what people do.
            - `score`: a weight for each feature, until a model that is learned from a log proves better. `hunch import model`
              has trees of LightGBM or XGBoost score instead (`trees`, a file); the weights then say what is relevant.
            - `rerank`: what is changed at the end. Also: boost, freshness, pin.
            - `budgets`: how long it may take; a stage that is late is left out.
            - `metrics`: what is watched beside `ctr`, `acceptance` and `dcg`: formulas over `list` (lists seen),
              `impression` (items seen) and the names of actions. An action that is named here or in a
              feature may be sent, beside click, accept, dismiss and undo.

            Another place that shows the same corpus: `hunch create model --kind ranker --corpus \(place.corpus) -n …`;
            what items it has and what is done with them, each learns for itself.
            """
    }
}

extension JSONValue {
    /// The object with another value for `key`.
    fileprivate func setting(_ key: String, to value: JSONValue) -> JSONValue {
        guard let members = object else { return self }
        return .object(members.map { $0.key == key ? ($0.key, value) : ($0.key, $0.value) })
    }
}
