import Client
import Documents
import Numerics
import Testing
import Wire

@Suite struct ClientSessionTests {
    /// Clients of a model server, moved by a random schedule.
    struct Table {
        var server: ModelServer
        var clients: [ClientSession]
        var isConnected: [Bool]
        var random: SplitMix64
        var typed = 0

        init(clients count: Int, history: Int, sessions: Int = 1024, seed: UInt64) {
            random = SplitMix64(seed: seed)
            server = ModelServer(
                links: count, history: history, sessions: sessions, seed: random.next())
            clients = (0..<count).map { _ in ClientSession(client: "test") }
            isConnected = Array(repeating: false, count: count)
            for index in clients.indices { clients[index].open(ModelServer.name) }
        }

        mutating func connect(_ index: Int) {
            guard !isConnected[index] else { return }
            isConnected[index] = true
            clients[index].connected()
        }

        mutating func drop(_ index: Int) {
            server.drop(index)
            lose(index)
        }

        mutating func crash() {
            server.crash()
            for index in clients.indices { lose(index) }
        }

        private mutating func lose(_ index: Int) {
            guard isConnected[index] else { return }
            isConnected[index] = false
            _ = clients[index].disconnected(using: &random)
        }

        mutating func hear(_ index: Int) throws {
            guard !server.links[index].toClient.isEmpty else { return }
            _ = try clients[index].receive(server.links[index].toClient.removeFirst())
        }

        /// Types a character that occurs nowhere else.
        mutating func type(_ index: Int) {
            guard let length = clients[index].documents[ModelServer.name]?.replica.length else {
                return
            }
            let place = Int.random(in: 0...length, using: &random)
            clients[index].edit(
                ModelServer.name, Operation(replacing: place..<place, with: Self.character(typed)))
            typed += 1
        }

        /// Sends what a client has to say.
        mutating func speak(_ index: Int) {
            let messages = clients[index].takeOutgoing()
            if isConnected[index] { server.links[index].toServer += messages }
        }

        static func character(_ number: Int) -> String {
            String(UnicodeScalar(UInt16(0x4E00 + number)).map(Character.init) ?? "?")
        }

        /// All that was typed, in any order.
        var everything: [Character] { (0..<typed).flatMap(Self.character).sorted() }

        mutating func step() throws {
            let index = Int.random(in: clients.indices, using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<20: type(index)
            case 20..<45: try hear(index)
            case 45..<70: server.handle(index)
            case 70..<85: server.save()
            case 85..<94: connect(index)
            case 94..<99: drop(index)
            default: crash()
            }
            for index in clients.indices { speak(index) }
        }

        /// Lets all come to rest.
        mutating func settle() throws {
            for index in clients.indices { connect(index) }
            for _ in 0..<200 {
                for index in clients.indices {
                    speak(index)
                    while !server.links[index].toServer.isEmpty { server.handle(index) }
                }
                server.save()
                for index in clients.indices {
                    while !server.links[index].toClient.isEmpty { try hear(index) }
                }
            }
        }
    }

    @Test(arguments: UInt64(0)..<150)
    func `whatever is lost on the way, every key arrives once and all copies are equal`(
        seed: UInt64
    ) throws {
        var table = Table(clients: 3, history: 1000, seed: seed)
        for _ in 0..<300 { try table.step() }
        try table.settle()
        let text = table.server.document.text.string
        for client in table.clients {
            let document = try #require(client.documents[ModelServer.name])
            #expect(document.replica.isSaved && document.isOpen)
            #expect(document.replica.confirmed.string == text)
            #expect(document.replica.revision == table.server.document.revision)
        }
        #expect(text.sorted() == table.everything)
    }

    @Test(arguments: UInt64(0)..<100)
    func `where the history is short, texts are sent instead and nothing typed is lost`(
        seed: UInt64
    ) throws {
        var table = Table(clients: 3, history: 2, seed: seed)
        for _ in 0..<300 { try table.step() }
        try table.settle()
        let text = table.server.document.text.string
        for client in table.clients {
            #expect(client.documents[ModelServer.name]?.replica.confirmed.string == text)
        }
        #expect(text.sorted() == table.everything)
    }

    @Test(arguments: UInt64(0)..<100)
    func `a server that forgets sessions is told their edits anew, and none twice`(
        seed: UInt64
    ) throws {
        var table = Table(clients: 3, history: 1000, sessions: 1, seed: seed)
        for _ in 0..<300 { try table.step() }
        try table.settle()
        let text = table.server.document.text.string
        #expect(text.sorted() == table.everything)
        for client in table.clients {
            #expect(client.documents[ModelServer.name]?.replica.confirmed.string == text)
        }
    }

    @Test func `an edit whose acknowledgement was lost is sent again and counts as repeated`()
        throws
    {
        var table = Table(clients: 1, history: 10, seed: 1)
        try table.settle()
        table.type(0)
        table.speak(0)
        table.server.handle(0)
        table.server.save()
        table.drop(0)
        try table.settle()
        let document = try #require(table.clients[0].documents[ModelServer.name])
        #expect(document.foundSaved == 1 && document.resent == 0 && document.replica.isSaved)
        #expect(table.clients[0].reconnects == 1)
        #expect(table.server.document.revision == 1)
    }

    @Test func `an edit that never arrived is sent again with the same number`() throws {
        var table = Table(clients: 1, history: 10, seed: 1)
        try table.settle()
        table.type(0)
        table.speak(0)
        table.drop(0)
        try table.settle()
        let document = try #require(table.clients[0].documents[ModelServer.name])
        #expect(document.foundSaved == 0 && document.resent == 1 && document.replica.isSaved)
        #expect(document.replica.sequence == 1 && table.server.document.revision == 1)
    }

    @Test func `a server that has lost what it acknowledged is found out`() throws {
        var session = ClientSession(client: "test")
        session.open(ModelServer.name)
        var table = Table(clients: 1, history: 10, seed: 1)
        try table.settle()
        table.type(0)
        try table.settle()
        var forgetful = Table(clients: 1, history: 10, seed: 2)
        table.drop(0)
        table.server = forgetful.server
        forgetful.typed = 0
        let error = #expect(throws: ClientError.self) { try table.settle() }
        #expect(error == .revisionsLost(document: ModelServer.name, had: 1, got: 0))
    }

    @Test func `edits past the horizon wait until it moves or our own edit comes after them`()
        throws
    {
        var table = Table(clients: 2, history: 10, seed: 3)
        try table.settle()
        _ = try table.clients[1].setHorizon(0, of: ModelServer.name)
        table.type(0)
        try table.settle()
        #expect(table.clients[1].documents[ModelServer.name]?.replica.revision == 0)
        #expect(table.clients[1].documents[ModelServer.name]?.received == 1)
        table.clients[1].edit(ModelServer.name, Operation(replacing: 0..<0, with: "!"))
        try table.settle()
        #expect(table.clients[1].documents[ModelServer.name]?.replica.revision == 2)
        table.type(0)
        try table.settle()
        #expect(table.clients[1].documents[ModelServer.name]?.replica.revision == 2)
        _ = try table.clients[1].setHorizon(3, of: ModelServer.name)
        #expect(table.clients[1].documents[ModelServer.name]?.replica.revision == 3)
    }

    @Test func `a long text is there when its last chunk is`() throws {
        var session = ClientSession(client: "test")
        session.open("a/b")
        session.connected()
        _ = try session.receive(ServerMessage(.welcome(.sample)))
        let opened = ServerMessage.Opened(
            document: "a/b", epoch: "e", revision: 7, sequence: 0,
            content: .text("one ", chunks: 2))
        #expect(try session.receive(ServerMessage(.opened(opened))) == nil)
        let first = ServerMessage.Chunk(document: "a/b", index: 1, text: "two ")
        #expect(try session.receive(ServerMessage(.chunk(first))) == nil)
        #expect(session.documents["a/b"]?.isOpen == false)
        #expect(
            throws: ClientError.unexpectedChunk(document: "a/b", index: 3)
        ) {
            try session.receive(
                ServerMessage(.chunk(.init(document: "a/b", index: 3, text: ""))))
        }
        let last = ServerMessage.Chunk(document: "a/b", index: 2, text: "three")
        #expect(try session.receive(ServerMessage(.chunk(last))) == .opened(document: "a/b"))
        #expect(session.documents["a/b"]?.replica.text.string == "one two three")
        #expect(session.documents["a/b"]?.replica.revision == 7)
    }

    @Test func `a session that was taken over does not come back`() throws {
        var session = ClientSession(client: "test")
        session.connected()
        _ = try session.receive(ServerMessage(.welcome(.sample)))
        let error = WireError(.takenOver)
        #expect(throws: ClientError.turnedAway(error)) {
            try session.receive(ServerMessage(.error(error)))
        }
    }

    @Test func `a goodbye says how long to stay away`() throws {
        var random = SplitMix64(seed: 1)
        var session = ClientSession(client: "test")
        session.connected()
        _ = try session.receive(
            ServerMessage(.bye(.init(reason: .drain, retryAfterMilliseconds: 3000))))
        #expect(3000...3100 ~= session.disconnected(using: &random))
    }
}

extension ServerMessage.Welcome {
    static var sample: Self {
        Self(
            server: "s", session: SessionID(rawValue: 5), user: "u",
            limits: Limits(
                maximumMessageBytes: 1, maximumDocumentUnits: 1, maximumOpenDocuments: 1,
                historyRevisions: 1, pingSeconds: 1))
    }
}
