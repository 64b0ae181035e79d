import Foundation
import JSON

/// The files in `protocols/`, found from this one.
enum ProtocolFiles {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "protocols")

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appending(path: path)), as: UTF8.self)
    }

    static func schema() throws -> Schema {
        func file(_ name: String) throws -> JSONValue {
            try JSONValue(parsing: text("schema/\(name).json"))
        }
        return Schema(
            types: try file("types"), client: try file("client"), server: try file("server"))
    }

    static func transcripts() throws -> [(name: String, lines: [JSONValue])] {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folder.appending(path: "transcripts").path())
        return try names.filter { $0.hasSuffix(".jsonl") }.sorted().map { name in
            let lines = try text("transcripts/\(name)").split(separator: "\n")
            return (name, try lines.map { try JSONValue(parsing: String($0)) })
        }
    }
}
