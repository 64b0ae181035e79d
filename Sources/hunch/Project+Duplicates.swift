// Duplicates in a project: rules, and nothing to learn.

import JSON
import NLU
import Reactor
import Registry

extension Project {
    /// The files of a new project that finds duplicates.
    static func duplicateFiles(_ name: String) -> [(path: String, bytes: [UInt8])] {
        let settings = DuplicateSettings().json.object ?? []
        let definition: JSONValue = .object(
            [(key: "name", value: .string(name)), (key: "kind", value: "duplicates")] + settings)
        return [
            ("model.json", definition.serialized(pretty: true)),
            ("README.md", readme(name, duplicateText)),
        ]
    }

    private static let duplicateText = """
        Says where else in its workspace the text of a block stands, word by word or nearly so. There is
        nothing to train; model.json says what counts:

            similarity        from this share of common words and pairs of words on, 0 to 1
            fewestWords       a block with fewer words is nobody's duplicate
            fewestNearWords   a block with fewer words only has exact ones
            capacity          blocks known in a workspace; past that, the one written first is forgotten
        """

    func packDuplicates(in registry: Registry) throws -> Manifest {
        let settings: DuplicateSettings
        do throws(DuplicateSettingsError) {
            settings = try DuplicateSettings(definition)
        } catch {
            throw Failure("\(file("model.json")): \(error)")
        }
        return try registry.publish(
            name, kind: kind.rawValue, artifact: settings.json.serialized(),
            details: settings.json, time: Int(wallClockMicroseconds()))
    }
}
