// Messages from and to bytes, as short as tests want it.

import Wire

extension ClientMessage {
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }

    init(bytes: [UInt8]) throws(RefusedMessage) {
        try self.init(decoding: bytes.span)
    }

    init(text: String) throws(RefusedMessage) {
        try self.init(bytes: [UInt8](text.utf8))
    }

    /// Why these bytes are no message; `nil` if they are one.
    static func code(refusing bytes: [UInt8]) -> ErrorCode? {
        do throws(RefusedMessage) {
            _ = try ClientMessage(bytes: bytes)
            return nil
        } catch {
            return error.error.code
        }
    }
}

extension ServerMessage {
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }

    init(bytes: [UInt8]) throws(RefusedMessage) {
        try self.init(decoding: bytes.span)
    }

    static func code(refusing bytes: [UInt8]) -> ErrorCode? {
        do throws(RefusedMessage) {
            _ = try ServerMessage(bytes: bytes)
            return nil
        } catch {
            return error.error.code
        }
    }
}
