// What came of a load test.

/// How a load test goes on, once a second.
package struct LoadProgress: Sendable {
    package enum Phase: Equatable, Sendable {
        case connecting(ready: Int)
        case running
        case draining
    }

    package let phase: Phase
    /// Since the first action was due.
    package let seconds: Double
    /// What was measured since the progress before.
    package let recent: LoadMeasures
    package let faults: Int
}

/// A load test that was carried out; it may have found faults.
package struct LoadReport: Sendable {
    package let connections: Int
    package let documents: Int
    package let rate: Double
    package let transport: Transport
    /// From the first action that was due to the last answer.
    package let seconds: Double
    package var measures: LoadMeasures
    package let bytesReceived: Int
    package let bytesSent: Int
    /// Processor time of this process in that time.
    package let processorSeconds: Double
    /// The versions of models that answered edits.
    package let models: [String]
    /// Documents that a late reader has read and compared with the copies of all editors.
    package var documentsCompared = 0

    /// Whether every reply came, in order and right.
    package var isFlawless: Bool { measures.faultCount == 0 }
}

/// Why a load test could not be carried out.
package enum LoadFailure: Error, CustomStringConvertible {
    case notConnected(ready: Int, of: Int, ConnectionFailure)
    case notReady(ready: Int, of: Int)

    package var description: String {
        switch self {
        case .notConnected(let ready, let all, let failure):
            "connection \(ready + 1) of \(all) failed: \(failure)"
        case .notReady(let ready, let all):
            "only \(ready) of \(all) connections had their documents open in time"
        }
    }
}
