import JSON
import Testing

@Suite struct TrainCommandTests {
    private func train(_ folder: Folder, _ options: String...) throws -> JSONValue {
        let words = ["train", "model", "-n", "plants", "--json"] + options
        return try JSONValue(parsing: try Program.run(words, in: folder).trimmed)
    }

    private func project(_ kind: String) throws -> Folder {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "plants", "--kind", kind, in: folder)
        guard kind == "intents" else { return folder }
        let rows = (0..<8).flatMap { ["rose \($0),flower", "fern \($0),leaf", "oak \($0),tree"] }
        try folder.write(
            (["text,intent"] + rows).joined(separator: "\n"), to: ".hunch/models/plants/intents.csv"
        )
        return folder
    }

    @Test(arguments: ["intents", "tags"])
    func `equal data and seeds give the same version from nothing, whenever and wherever`(
        kind: String
    ) throws {
        let (folder, elsewhere) = (try project(kind), try project(kind))
        let first = try train(folder, "--from-scratch", "--seed", "3")
        let other = try train(folder, "--from-scratch", "--seed", "4")
        let again = try train(folder, "--from-scratch", "--seed", "3")
        let there = try train(elsewhere, "--from-scratch", "--seed", "3")
        #expect(first["version"]?.string?.isEmpty == false)
        #expect(again == first)
        #expect(there["version"] == first["version"])
        #expect(there["artifactDigest"] == first["artifactDigest"])
        #expect(other["version"] != first["version"])
    }
}
