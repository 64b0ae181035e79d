// What is wrong with a version.

internal import Registry

/// Why a version cannot be served.
enum ModelError: Error, CustomStringConvertible {
    case unknownKind(String)
    case noAnswer(ModelReference)

    var description: String {
        switch self {
        case .unknownKind(let kind): "this server has no models of the kind \(kind)"
        case .noAnswer(let model):
            "\(model) gives no answer; what it says: hunch test model -n \(model)"
        }
    }
}
