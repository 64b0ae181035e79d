// What can be wrong with a model of trees.

package import Numerics

/// Why there is no model of trees to use.
package enum TreeEnsembleError: Error, Equatable {
    case archive(ArchiveError)
    /// Written by another version of Hunch, in a format that this one does not read.
    case unknownFormat(UInt32)
    case badSection(String)
    case badTree(Int, TreeFault)
    /// There are more splits or leaves than 32 bits count, more than 65,536 features, or more sets of
    /// categories than 64 MB hold.
    case tooLarge
}

extension TreeEnsembleError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .archive(.truncated(let bytes)): "the trees are not whole: there are \(bytes) bytes"
        case .archive(.notThisKind): "the file is no model of trees"
        case .archive(.damaged): "the trees are damaged: their bytes do not have their hash"
        case .archive(.noSection(let name)): "the trees lack the section “\(name)”"
        case .archive(.badSection(let name)), .badSection(let name):
            "the section “\(name)” of the trees does not fit the others"
        case .unknownFormat(let format):
            "the trees have format \(format), which this version does not read: train again"
        case .badTree(let tree, let fault): "tree \(tree): \(fault)"
        case .tooLarge:
            "there are more splits, leaves, features or categories than a model can have: "
                + "leave some out"
        }
    }
}
