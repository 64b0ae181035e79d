// Operations in JSON: an array of {"retain": n}, {"insert": "…"} and {"delete": n}.

import Documents
import JSON

extension JSONReader {
    /// Reads an operation; components may come in any order, and are brought to the canonical form.
    mutating func operation() throws(JSONError) -> Operation {
        var builder = Operation.Builder()
        try beginArray()
        while try nextElement() {
            let start = offset
            let component = try component()
            do throws(OperationError) {
                try builder.append(component)
            } catch {
                throw JSONError(.unsuitable(Self.rule(error)), at: start)
            }
        }
        return builder.operation
    }

    private mutating func component() throws(JSONError) -> Operation.Component {
        let start = offset
        var component: Operation.Component?
        var count = 0
        try beginObject()
        while let key = try nextKey() {
            count += 1
            switch key {
            case "retain": component = .retain(try integer())
            case "insert": component = .insert(try string())
            case "delete": component = .delete(try integer())
            default:
                count -= 1
                try skipValue()
            }
        }
        guard let component, count == 1 else {
            throw JSONError(
                .unsuitable("each op must have one of \"retain\", \"insert\" and \"delete\""),
                at: start)
        }
        return component
    }

    private static func rule(_ error: OperationError) -> String {
        switch error {
        case .notPositive: "a retain or delete must be at least 1, an insert must not be empty"
        case .tooLong: "no text is as long as this"
        }
    }
}

extension JSONWriter {
    /// Writes the canonical form.
    mutating func operation(_ name: StaticString, _ operation: Operation) {
        key(name)
        beginArray()
        for splice in operation.splices {
            if splice.retained > 0 {
                nextElement()
                literal("{\"retain\":")
                integer(splice.retained)
                endObject()
            }
            if splice.insertedLength > 0 {
                nextElement()
                literal("{\"insert\":")
                string(splice.inserted)
                endObject()
            }
            if splice.deleted > 0 {
                nextElement()
                literal("{\"delete\":")
                integer(splice.deleted)
                endObject()
            }
        }
        endArray()
    }
}
