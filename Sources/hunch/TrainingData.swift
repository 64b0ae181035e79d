// The examples of a training, and what their author should know of them.

import JSON
import NLU
import Registry

/// Examples to learn from and, where there are any, to choose settings by.
struct TrainingData {
    let bytes: [UInt8]
    let examples: Dataset
    let validation: Dataset?
    let findings: DatasetReport
    /// What is not to be learned from, so that versions can be compared on it.
    let leftOut: Dataset
    /// The digest of what came of a review, where there is such a file.
    let reviewedDigest: Digest?
    /// The digest of the file of held-out examples, where it is one of its own.
    let validationDigest: Digest?
    private let reviewedCount: Int
    private let path: String
    private let validationPath: String

    /// Reads the files; a document that holds a validation split serves for both.
    ///
    /// What `hunch review` has added is learned too, in the place of what the data say of the same texts.
    /// With `leavesOut` a fifth of all that is not learned.
    init(
        _ path: String, validation validationPath: String?, reviewed: String,
        leavesOut: Bool = false
    ) throws {
        self.path = path
        bytes = try FileSystem.read(path)
        let own = try readDataset(bytes, path)
        let file = FileSystem.exists(reviewed) ? try FileSystem.read(reviewed) : nil
        reviewedDigest = file.map { Digest(of: $0) }
        let later = try file.map { try readDataset($0, reviewed) }
        reviewedCount = later?.examples.count ?? 0
        let all = later.map { own.amended(by: $0) } ?? own
        examples = leavesOut ? all.filtered { !LeftOut.contains($0.text) } : all
        leftOut = leavesOut ? all.filtered { LeftOut.contains($0.text) } : Dataset([])
        if let validationPath {
            self.validationPath = validationPath
            let file = try FileSystem.read(validationPath)
            validationDigest = Digest(of: file)
            validation = try readDataset(file, validationPath, split: .of(.validation, in: file))
        } else {
            self.validationPath = "its validation split"
            validationDigest = nil
            let holdsBoth = Dataset.holds(.validation, in: bytes)
            validation = holdsBoth ? try readDataset(bytes, path, split: .validation) : nil
        }
        findings = DatasetReport(own, validation: validation)
    }

    /// What was found, in lines for people.
    var report: [String] {
        let reviewed = reviewedCount > 0 ? ["with \(reviewedCount) examples from a review"] : []
        return findings.lines(of: path, validation: validationPath) + reviewed
    }
}

/// Reads examples; an error names file and line.
func readDataset(
    _ bytes: [UInt8], _ path: String, split: DataSplit = .training
) throws -> Dataset {
    do throws(DatasetError) {
        return try Dataset(reading: bytes, split: split)
    } catch {
        throw Failure("\(path), \(error)")
    }
}

extension DataSplit {
    /// The split of that kind where a file holds it; otherwise the one that files without splits
    /// and training files consist of.
    static func of(_ split: DataSplit, in bytes: [UInt8]) -> DataSplit {
        Dataset.holds(split, in: bytes) ? split : .training
    }
}
