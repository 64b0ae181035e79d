// How far a version has learned from a journal.

internal import JSON

/// A time in the history of a journal.
package struct LogMark: Equatable, Sendable {
    /// Names the history: another one has other events at the same times.
    package let epoch: UInt64
    /// Seconds since 1970; the events of that time are included.
    package let through: Double

    package init(epoch: UInt64, through: Double) {
        self.epoch = epoch
        self.through = through
    }

    var json: JSONValue {
        ["epoch": .string(String(epoch, radix: 16)), "through": .number(through)]
    }
}

extension JSONPlace {
    func logMark() throws(FieldError) -> LogMark {
        let place = try required("epoch")
        guard let epoch = UInt64(try place.string(), radix: 16) else {
            throw place.error(.wrongType(wanted: .number))
        }
        return LogMark(epoch: epoch, through: try required("through").number(in: -1e12...1e12))
    }

    func learnedWeights() throws(FieldError) -> LinearScorer {
        var weights: [Double] = []
        for place in try required("weights").elements() {
            weights.append(try place.number(in: -Double.infinity...Double.infinity))
        }
        let bias = try required("bias").number(in: -Double.infinity...Double.infinity)
        return LinearScorer(weights: weights, bias: bias)
    }
}

extension LinearScorer {
    var json: JSONValue {
        ["bias": .number(bias), "weights": .array(weights.map { .number($0) })]
    }
}
