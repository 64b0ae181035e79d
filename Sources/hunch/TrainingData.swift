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
    private let path: String
    private let validationPath: String

    /// Reads the files; a document that holds a validation split serves for both.
    init(_ path: String, validation validationPath: String?) throws {
        self.path = path
        bytes = try FileSystem.read(path)
        examples = try readDataset(bytes, path)
        if let validationPath {
            self.validationPath = validationPath
            let file = try FileSystem.read(validationPath)
            validation = try readDataset(file, validationPath, split: .of(.validation, in: file))
        } else {
            self.validationPath = "its validation split"
            let holdsBoth = Dataset.holds(.validation, in: bytes)
            validation = holdsBoth ? try readDataset(bytes, path, split: .validation) : nil
        }
        findings = DatasetReport(examples, validation: validation)
    }

    /// What was found, in lines for people.
    var report: [String] { findings.lines(of: path, validation: validationPath) }
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
