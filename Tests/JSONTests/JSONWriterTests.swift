import JSON
import Numerics
import Testing

@Suite struct JSONWriterTests {
    @Test func `commas come by themselves`() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("type", "a{[")
        writer.field("n", 1)
        writer.key("list")
        writer.beginArray()
        for i in 0..<3 {
            writer.nextElement()
            writer.beginArray()
            if i > 0 {
                writer.nextElement()
                writer.boolean(i > 1)
            }
            writer.endArray()
        }
        writer.endArray()
        writer.key("empty")
        writer.beginObject()
        writer.endObject()
        writer.field("x", 0.5)
        writer.endObject()
        let text = #"{"type":"a{[","n":1,"list":[[],[false],[true]],"empty":{},"x":0.5}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [
        (0, "0"), (7, "7"), (10, "10"), (-1, "-1"), (1_000_000, "1000000"),
        (.max, "9223372036854775807"), (.min, "-9223372036854775808"),
    ])
    func `integers are written in full`(value: Int, text: String) {
        var writer = JSONWriter()
        writer.integer(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [
        (3.0, "3"), (-0.0, "-0.0"), (0.1, "0.1"), (1e300, "1e+300"), (0x1p53, "9007199254740992"),
        (.nan, "null"), (.infinity, "null"),
    ])
    func `doubles are written as shortly as they read back`(value: Double, text: String) {
        var writer = JSONWriter()
        writer.number(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test func `a float is as short as a float can be`() {
        var writer = JSONWriter()
        writer.number(Float(0.9))
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "0.9")
    }

    @Test func `only what must be escaped is escaped`() {
        var writer = JSONWriter()
        writer.string("a\"\\/\n\r\t\u{0}\u{1f}\u{7f}é😀")
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == "\"a\\\"\\\\/\\n\\r\\t\\u0000\\u001f\u{7f}é😀\"")
    }

    @Test(arguments: UInt64(0)..<50)
    func `numbers read back as the same bits`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let double = JSONSample.number(using: &random)
            let integer = Int(
                truncatingIfNeeded: random.next() >> UInt64.random(in: 0..<64, using: &random))
            var writer = JSONWriter()
            writer.beginArray()
            writer.nextElement()
            writer.number(double)
            writer.nextElement()
            writer.integer(integer)
            writer.endArray()
            var reader = JSONReader(writer.bytes.span)
            try reader.beginArray()
            _ = try reader.nextElement()
            #expect(try reader.double().bitPattern == double.bitPattern)
            _ = try reader.nextElement()
            #expect(try reader.integer() == integer)
        }
    }

    @Test func `an emptied writer keeps its storage`() {
        var writer = JSONWriter()
        writer.string(String(repeating: "x", count: 1000))
        let capacity = writer.bytes.capacity
        writer.removeAll()
        #expect(writer.bytes.isEmpty && writer.bytes.capacity == capacity)
    }
}
