// What can be wrong with a model's file.

package import Numerics

/// Why bytes are not a model that can be used.
package enum ArtifactError: Error, Equatable {
    case archive(ArchiveError)
    /// Written by another version of Hunch, in a format that this one does not read.
    case unknownFormat(UInt32)
    case badSection(String)
}

extension ArtifactError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .archive(.truncated(let bytes)):
            "the artifact is not whole: it has \(bytes) bytes"
        case .archive(.notThisKind): "the file is no artifact of this kind of model"
        case .archive(.damaged): "the artifact is damaged: its bytes do not have their hash"
        case .archive(.noSection(let name)): "the artifact lacks the section “\(name)”"
        case .archive(.badSection(let name)), .badSection(let name):
            "the section “\(name)” of the artifact does not fit the others"
        case .unknownFormat(let format):
            "the artifact has format \(format), which this version does not read: train again"
        }
    }
}

extension Archive {
    /// Opens the file of a model of one kind, in one of the formats that this version reads.
    init(
        _ memory: Memory, magic: String, formats: ClosedRange<UInt32>
    ) throws(ArtifactError) {
        do throws(ArchiveError) {
            try self.init(memory, magic: magic)
        } catch {
            throw .archive(error)
        }
        guard formats.contains(format) else { throw .unknownFormat(format) }
    }

    /// Views a section that a model cannot do without.
    func section<Element: BitwiseCopyable & Sendable>(
        _ name: String, of: Element.Type = Element.self
    ) throws(ArtifactError) -> Table<Element> {
        do throws(ArchiveError) {
            return try table(name)
        } catch {
            throw .archive(error)
        }
    }
}

extension Table {
    /// A copy as an array.
    var elements: [Element] { (0..<count).map { self[$0] } }
}
