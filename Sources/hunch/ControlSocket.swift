// Asking the server of an environment, if one runs.

import Client
import Reactor
import Registry
import Wire

extension Home {
    /// Where its server listens, if one runs, or would.
    var servingPort: Int {
        get throws(RegistryError) {
            let usual = try port
            // One that does not answer is left to whoever connects to it.
            let reply = try? askServer(.status, patience: 2000)
            guard case .status(let status)? = reply?.body else { return usual }
            return status.port ?? usual
        }
    }

    /// Asks the running server with an operator's rights; `nil` where none runs.
    ///
    /// It waits so many milliseconds at most for an answer, or as long as the request may take.
    func askServer(
        _ request: ClientMessage.Body, patience: Int? = nil
    ) throws -> ServerMessage? {
        let path = try registry.controlPath(environment)
        var connection: BlockingConnection
        do throws(RequestFailure) {
            connection = try BlockingConnection.connect(
                to: ServerAddress(.unix(path: path), transport: .lines),
                hello: .init(user: Self.user, client: "hunch"),
                patience: patience ?? request.patience)
        } catch {
            if case .connection(.socket(let error)) = error, error.isRefused { return nil }
            throw Failure("the server of '\(environment)' does not answer: \(error)")
        }
        do throws(RequestFailure) {
            return try connection.request(request)
        } catch {
            if case .refused(let refusal) = error { throw Failure(refusal.message) }
            throw Failure("the server of '\(environment)' did not answer: \(error)")
        }
    }
}

extension ClientMessage.Body {
    /// Milliseconds to wait for an answer, beyond which nobody believes in one.
    ///
    /// A deployment is answered once the versions are loaded, and their programs have started, after those of
    /// a server that starts: what is given up earlier may still come about.
    fileprivate var patience: Int {
        switch self {
        case .deploy, .apply: 600_000
        default: 10_000
        }
    }
}
