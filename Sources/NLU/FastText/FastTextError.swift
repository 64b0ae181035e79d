// What can be wrong with a file of fastText.

/// Why bytes are no model of fastText that can be used.
package enum FastTextError: Error, Equatable, CustomStringConvertible {
    case notFastText
    case unknownVersion(Int)
    /// The file ends within what is named.
    case truncated(String)
    case notSupervised
    /// What is named has a value that cannot be, or does not fit the rest.
    case unsuitable(String)
    /// It has so many labels that an event loop would stand still for each text.
    case slow(labels: Int)

    package var description: String {
        switch self {
        case .notFastText: "this is no model of fastText"
        case .unknownVersion(let version):
            "fastText's format \(version) is unknown: 11 and 12 are read"
        case .truncated(let part): "the model is not whole: it ends within \(part)"
        case .notSupervised:
            "the model has word vectors and no labels: only `fasttext supervised` makes classifiers"
        case .slow(let labels):
            "for each text \(labels) labels would be computed, too many while somebody types: train it with "
                + "-loss hs, which computes a few of them, with fewer labels, or with a smaller -dim"
        case .unsuitable(let part): "the model is damaged, or not one of fastText's: \(part)"
        }
    }
}
