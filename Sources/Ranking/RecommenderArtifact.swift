// A recommender as one file: its definition, then its items.

package import JSON

extension Recommender {
    /// Builds a recommender from its artifact: JSON lines, the first of them the definition.
    package init(artifact bytes: [UInt8]) throws(RecommenderArtifactError) {
        let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        let json: JSONValue
        do throws(JSONError) {
            json = try JSONValue(parsing: Array(bytes[..<end]))
        } catch {
            throw .json(error)
        }
        do throws(FieldError) {
            self.init(try RecommenderDefinition(json))
        } catch {
            throw .definition(error)
        }
        try addItems(Array(bytes[end...]))
    }

    private mutating func addItems(_ lines: [UInt8]) throws(RecommenderArtifactError) {
        let items: [Item]
        do throws(ItemFileError) {
            items = try Item.parse(lines: lines)
        } catch {
            throw .items(error)
        }
        for item in items {
            do throws(RecommenderError) {
                try apply(.upsert(item))
            } catch {
                throw .wrongCorpus(item: item.id, item.corpus)
            }
        }
    }

    /// The artifact of a definition and its items; equal ones give equal bytes.
    package static func artifact(definition: JSONValue, items: [Item]) -> [UInt8] {
        var bytes = definition.serialized()
        for item in items {
            bytes.append(UInt8(ascii: "\n"))
            bytes += item.json.serialized()
        }
        return bytes
    }
}

/// Why a file is no recommender.
package enum RecommenderArtifactError: Error, Equatable, Sendable {
    case json(JSONError)
    case definition(FieldError)
    case items(ItemFileError)
    case wrongCorpus(item: String, Corpus)
}

extension RecommenderArtifactError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .json(let error): "the definition is not JSON: \(error)"
        case .definition(let error): "in the definition, \(error)"
        case .items(let error): "among the items, \(error)"
        case .wrongCorpus(let item, let corpus):
            "the item \(item) is of the corpus \(corpus.rawValue), which is not the recommender's"
        }
    }
}
