import Foundation
import JSON
import Learning
import Ranking

/// Models that LightGBM and XGBoost have written, and what they predict.
enum TreeFixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data/rank/fixtures")

    static let areThere = FileManager.default.isReadableFile(
        atPath: folder.appending(path: "lgb_tiny8.txt").path)

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    static func expected(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: bytes("\(name).expected.json"))
    }
}

extension JSONValue {
    /// A table of numbers; null is NaN.
    func rows(_ name: String) -> [[Double]] {
        (self[name]?.array ?? []).map { row in (row.array ?? []).map { $0.double ?? .nan } }
    }

    func numbers(_ name: String) -> [Double] {
        (self[name]?.array ?? []).compactMap(\.double)
    }
}
