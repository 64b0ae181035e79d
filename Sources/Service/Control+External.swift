// Models that are programs: whether they answer before they are used, and their end.

internal import Dispatch
internal import Registry
internal import Synchronization
internal import Telemetry

extension Control {
    /// Opens a version that is to be used from now on: a program has started and said something first.
    ///
    /// It blocks, as long as a program takes to start.
    func loadAnswering(_ reference: ModelReference, as arm: String? = nil) throws -> LiveModel {
        let model = try load(reference, as: arm)
        if case .external(let external) = model.kind, external.answers(to: ["warm up"])[0] == nil {
            throw ModelError.noAnswer(reference)
        }
        return model
    }

    /// Has all programs end; it blocks until they have, which takes little more than a second at most.
    func endPrograms() {
        for model in current.withLock({ $0.all }) {
            if case .external(let external) = model.kind { external.stop() }
        }
        _ = runningPrograms.wait(timeout: .now() + .seconds(3))
    }
}
