import Client
import JSON
import Testing
import Wire

@Suite struct EventLineTests {
    private let event = ServerMessage.Event(
        sequence: 4, time: 1_763_687_101_234_567, event: "intent", document: "demo/notes",
        session: "0123456789abcdef", fields: [.init("block", "b3"), .init("confidence", 0.5)])

    @Test func `an event is shown in columns`() {
        let line = EventLine(isColored: false, zone: 0).text(event)
        #expect(
            line
                == "01:05:01.234  intent          demo/notes               01234567  block=b3  confidence=0.5"
        )
    }

    @Test func `the time of day is that of the zone`() {
        #expect(EventLine(isColored: false, zone: 3600).text(event).hasPrefix("02:05:01.234"))
        #expect(EventLine(isColored: false, zone: -7200).text(event).hasPrefix("23:05:01.234"))
    }

    @Test func `colours are asked for`() {
        #expect(EventLine(isColored: true, zone: 0).text(event).contains("\u{1B}[32m"))
        #expect(!EventLine(isColored: false, zone: 0).text(event).contains("\u{1B}"))
    }

    @Test func `what others have typed does not steer the terminal`() {
        var event = event
        event.fields = [.init("text", "a\u{1B}[2J\u{7}b \u{202E}c")]
        event.document = "x\ny"
        let line = EventLine(isColored: false, zone: 0).text(event)
        #expect(
            line.contains("text=\"a\\u{1b}[2J\\u{7}b \\u{202e}c\"") && line.contains("x\\u{a}y"))
    }
}

@Suite struct ServerAddressTests {
    @Test(
        arguments: [
            ("ws://127.0.0.1:7777", "ws://127.0.0.1:7777/ws"),
            ("ws://example.org:80/ws", "ws://example.org:80/ws"),
            ("tcp://[::1]:7777", "tcp://[::1]:7777"),
            ("unix:/run/hunch.sock", "unix:/run/hunch.sock"),
        ])
    func `an address is read and written`(text: String, full: String) {
        #expect(ServerAddress(url: text)?.description == full)
    }

    @Test(
        arguments: [
            "", "7777", "ws://h", "ws://:1", "ws://h:0", "ws://h:99999", "http://h:1", "unix:",
            "ws://h:1/else", "tcp://h:1/ws",
        ])
    func `what is no address is refused`(text: String) {
        #expect(ServerAddress(url: text) == nil)
    }
}
