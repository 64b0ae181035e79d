// The names of sessions and blocks in JSON.

import Documents
import JSON

extension JSONReader {
    mutating func sessionID() throws(JSONError) -> SessionID {
        let start = offset
        guard let id = SessionID(try string()) else {
            throw JSONError(
                .unsuitable("must be 32 hexadecimal digits in lower case"), at: start)
        }
        return id
    }

    mutating func peerID() throws(JSONError) -> PeerID {
        let start = offset
        guard let id = PeerID(try string()) else {
            throw JSONError(
                .unsuitable("must be 16 hexadecimal digits in lower case"), at: start)
        }
        return id
    }

    mutating func blockID() throws(JSONError) -> BlockID {
        let start = offset
        guard let id = BlockID(try string()) else {
            throw JSONError(.unsuitable("must be a block such as \"b17\""), at: start)
        }
        return id
    }

    mutating func blockIDs() throws(JSONError) -> [BlockID] {
        var blocks: [BlockID] = []
        try beginArray()
        while try nextElement() { blocks.append(try blockID()) }
        return blocks
    }
}

extension JSONWriter {
    mutating func field(_ name: StaticString, _ session: SessionID?) {
        guard let session else { return }
        let low = UInt64(truncatingIfNeeded: session.rawValue)
        hexadecimal(name, [UInt64(session.rawValue >> 64), low])
    }

    mutating func field(_ name: StaticString, _ peer: PeerID?) {
        if let peer { hexadecimal(name, [peer.rawValue]) }
    }

    /// Writes words as 16 digits each.
    private mutating func hexadecimal(_ name: StaticString, _ words: [UInt64]) {
        key(name)
        bytes.append(addingCapacity: 16 * words.count + 2) { output in
            output.append(UInt8(ascii: "\""))
            for word in words {
                var rest = word
                for _ in 0..<16 {
                    rest = rest << 4 | rest >> 60
                    let digit = UInt8(rest & 15)
                    output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
                }
            }
            output.append(UInt8(ascii: "\""))
        }
    }

    /// Writes `"b17"`.
    mutating func block(_ block: BlockID) {
        literal("\"b")
        integer(Int(block.rawValue))
        literal("\"")
    }

    mutating func field(_ name: StaticString, _ block: BlockID?) {
        guard let block else { return }
        key(name)
        self.block(block)
    }

    mutating func blocks(_ name: StaticString, _ blocks: [BlockID]) {
        key(name)
        beginArray()
        for block in blocks {
            nextElement()
            self.block(block)
        }
        endArray()
    }
}
