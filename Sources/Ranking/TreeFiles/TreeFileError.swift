// What can be wrong with a model that another program wrote.

package import JSON
package import Learning

/// Why a file is no model of trees that can be imported.
package enum TreeFileError: Error, Equatable {
    /// A line of a LightGBM text model; lines count from 1.
    case line(Int, TreeLineFault)
    case json(JSONError)
    /// A tree of an XGBoost model; trees count from 0.
    case tree(Int, XGBoostFault)
    case ensemble(TreeEnsembleError)
    /// A model of a kind that is not read, such as one of several classes.
    case unsupported(String)
    /// A file of neither library.
    case unknown
    /// XGBoost's file in UBJSON.
    case binary
    /// The trees ask for the places of values among a data frame's, which only the training knew.
    case renumberedCategories
    case noNames
    /// The file has features that are not among the known ones.
    case unknownFeatures([String], known: [String])
}

/// What is wrong with a line of a LightGBM model.
package enum TreeLineFault: Error, Equatable {
    case endsTooEarly(wanted: String)
    case notUTF8
    case missing(String)
    case notNumbers(String)
    case wrongCount(String, found: Int, wanted: Int)
    case badTree(TreeFault)
    case unsuitable(String)
}

/// What is wrong with a tree of an XGBoost model.
package enum XGBoostFault: Error, Equatable {
    case missing(String)
    case wrongCount(String, found: Int, wanted: Int)
    case unsuitable(String)
}

extension TreeFileError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .line(let line, let fault): "line \(line): \(fault)"
        case .json(let error): "\(error)"
        case .tree(let tree, let fault): "tree \(tree): \(fault)"
        case .ensemble(let error): "\(error)"
        case .unsupported(let what): "\(what); export a model with one score a row"
        case .unknown: "it is no model of LightGBM in text, nor one of XGBoost in JSON"
        case .binary: "it is XGBoost's binary form: save the model to a file that ends in .json"
        case .renumberedCategories:
            "it was trained on categories of a data frame, which are numbered there alone: give the "
                + "column as numbers, and name it as categorical"
        case .noNames: "it does not name its features: train it on columns with names"
        case .unknownFeatures(let names, let known):
            "it asks for \(Self.list(names)), which the recommender does not compute; it computes "
                + Self.list(known)
        }
    }
}

extension TreeFileError {
    /// Names, some of many.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(40).map { "“\($0)”" }.joined(separator: ", ")
        return names.count > 40 ? "\(shown) and \(names.count - 40) more" : shown
    }
}

extension TreeLineFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .endsTooEarly(let wanted): "the file ends before \(wanted)"
        case .notUTF8: "the bytes are not UTF-8"
        case .missing(let name): "the section that ends here lacks “\(name)=”"
        case .notNumbers(let name): "“\(name)=” must be followed by numbers"
        case .wrongCount(let name, let found, let wanted):
            "“\(name)=” has \(found) numbers instead of \(wanted)"
        case .badTree(let fault): "in the tree that ends here \(fault)"
        case .unsuitable(let rule): rule
        }
    }
}

extension XGBoostFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let name): "lacks “\(name)”"
        case .wrongCount(let name, let found, let wanted):
            "“\(name)” has \(found) elements instead of \(wanted)"
        case .unsuitable(let rule): rule
        }
    }
}
