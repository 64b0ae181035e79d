import Foundation
import Learning

/// LightGBM's example data.
enum RankData {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data/rank")

    static let isThere = FileManager.default.isReadableFile(
        atPath: folder.appending(path: "lightgbm-binary/binary.train").path)

    static var isOptimised: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    private static func lines(_ name: String) throws -> [[Substring]] {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        return text.split(separator: "\n").map { line in
            line.split { $0 == "\t" || $0 == " " }
        }
    }

    /// 28 features; the label stands first.
    static func binary(_ part: String) throws -> TreeExamples {
        let rows = try lines("lightgbm-binary/binary.\(part)").map { $0.compactMap { Double($0) } }
        return try TreeExamples(
            featureCount: 28, values: rows.flatMap { $0.dropFirst() }, labels: rows.map { $0[0] })
    }

    /// 300 features, of which a line names those that are not 0.
    static func ranking(_ part: String) throws -> TreeExamples {
        let rows = try lines("lightgbm-lambdarank/rank.\(part)")
        var values = [Double](repeating: 0, count: rows.count * 300)
        for (number, row) in rows.enumerated() {
            for entry in row.dropFirst() {
                let pair = entry.split(separator: ":")
                guard let feature = Int(pair[0]), let value = Double(pair[1]) else { continue }
                values[number * 300 + feature - 1] = value
            }
        }
        let lengths = try lines("lightgbm-lambdarank/rank.\(part).query")
        return try TreeExamples(
            featureCount: 300, values: values, labels: rows.compactMap { Double($0[0]) },
            queryLengths: lengths.compactMap { Int($0[0]) })
    }
}
