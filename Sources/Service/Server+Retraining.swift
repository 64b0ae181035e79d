// What is told of retrainings in the event log.

internal import Reactor
internal import Telemetry

extension Server {
    /// Tells watchers how the retraining of a model on a schedule went: `began`, `done` or `failed`.
    package func noteRetraining(of model: String, _ status: String, outcome: String) {
        let fields: [EventField] = [
            EventField("model", .string(model)), EventField("status", .string(status)),
            EventField("outcome", .string(outcome)),
        ]
        let event = Event(time: Int(wallClockMicroseconds()), type: .retrain, fields: fields)
        context.eventLog.append(contentsOf: [event])
    }
}
