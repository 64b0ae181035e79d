// How far a version has learned from a journal.

internal import JSON

/// A place in the history of a journal.
package struct LogMark: Equatable, Sendable {
    /// Names the history: another one has other records at the same places.
    package let epoch: UInt64
    /// The number of the last record that is included.
    package let record: Int

    package init(epoch: UInt64, record: Int) {
        self.epoch = epoch
        self.record = record
    }

    var json: JSONValue {
        ["epoch": .string(String(epoch, radix: 16)), "record": .number(Double(record))]
    }
}

extension JSONPlace {
    func logMark() throws(FieldError) -> LogMark {
        let place = try required("epoch")
        guard let epoch = UInt64(try place.string(), radix: 16) else {
            throw place.error(.wrongType(wanted: .number))
        }
        return LogMark(epoch: epoch, record: try required("record").integer(in: 0...(1 << 53)))
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
