import Documents
import Numerics
import Testing

/// A client behind a line that is slow and breaks.
private struct Client {
    enum Message {
        case edit(Edit)
        case acknowledgement(sequence: Int, revision: Int)
        case relayed(CommittedEdit)
        case opened(edits: [CommittedEdit])
        case reset(Text, revision: Int, sequence: Int)
    }

    var replica: Replica
    /// What the user sees, kept from the effects that the replica names.
    var view = ""
    var isOpen = false
    var toServer: [Message] = []
    var toClient: [Message] = []
    /// Everything typed here, each a scalar unlike any other.
    var typed: [Unicode.Scalar] = []
}

/// One document and its clients, which speak by messages in order until a line breaks.
private struct Network {
    var document: Document
    var clients: [Client]
    var random: SplitMix64

    init(clients count: Int, historyCount: Int, seed: UInt64) {
        document = Document(epoch: 0, limits: DocumentLimits(historyCount: historyCount))
        clients = (0..<count).map {
            Client(replica: Replica(session: SessionID(rawValue: UInt128($0) << 64)))
        }
        random = SplitMix64(seed: seed)
    }

    mutating func open(_ index: Int) {
        var client = clients[index]
        client.toServer = []
        let session = client.replica.session
        if let edits = document.edits(since: client.replica.revision) {
            client.toClient = [.opened(edits: Array(edits))]
        } else {
            client.toClient = [
                .reset(
                    document.text, revision: document.revision,
                    sequence: document.lastEdit(of: session)?.sequence ?? 0)
            ]
        }
        client.isOpen = true
        clients[index] = client
    }

    mutating func cut(_ index: Int) {
        clients[index].isOpen = false
        clients[index].toServer = []
        clients[index].toClient = []
    }

    mutating func type(_ index: Int) throws {
        let place = random.range(in: clients[index].view, upTo: 0).lowerBound
        let count = clients.reduce(0) { $0 + $1.typed.count }
        let scalar = try #require(Unicode.Scalar(0xF0000 + UInt32(count)))
        clients[index].typed.append(scalar)
        edit(index, Operation(replacing: place..<place, with: random.text(upTo: 2) + "\(scalar)"))
    }

    mutating func edit(_ index: Int, _ operation: Operation) {
        clients[index].replica.edit(operation)
        clients[index].view = clients[index].view.applying(operation)
        flush(index)
    }

    private mutating func flush(_ index: Int) {
        guard clients[index].isOpen, let edit = clients[index].replica.takeOutgoing() else {
            return
        }
        clients[index].toServer.append(.edit(edit))
    }

    /// Takes one message from client to document; sometimes it arrives twice.
    mutating func deliverToServer(_ index: Int) throws {
        guard !clients[index].toServer.isEmpty else { return }
        guard case .edit(let edit) = clients[index].toServer.removeFirst() else { return }
        for _ in 0...(Int.random(in: 0..<5, using: &random) == 0 ? 1 : 0) {
            try commit(edit, from: index)
        }
    }

    private mutating func commit(_ edit: Edit, from index: Int) throws {
        switch try document.commit(edit) {
        case .repeated(let revision):
            clients[index].toClient.append(
                .acknowledgement(sequence: edit.sequence, revision: revision))
        case .made(let committed, _):
            for other in clients.indices where clients[other].isOpen {
                clients[other].toClient.append(
                    other == index
                        ? .acknowledgement(sequence: edit.sequence, revision: committed.revision)
                        : .relayed(committed))
            }
        }
    }

    mutating func deliverToClient(_ index: Int) throws {
        guard !clients[index].toClient.isEmpty else { return }
        let message = clients[index].toClient.removeFirst()
        let effect = try take(message, &clients[index].replica)
        clients[index].view = clients[index].view.applying(effect)
        switch message {
        case .opened, .reset:
            if let edit = clients[index].replica.inFlight {
                clients[index].toServer.append(.edit(edit))
            }
        case .edit, .acknowledgement, .relayed: break
        }
        flush(index)
    }

    private func take(_ message: Client.Message, _ replica: inout Replica) throws -> Operation {
        switch message {
        case .edit: break
        case .acknowledgement(let sequence, let revision):
            try replica.acknowledge(sequence: sequence, revision: revision)
        case .relayed(let edit):
            return try replica.receive(edit.operation, revision: edit.revision)
        case .opened(let edits):
            return try replica.resume(
                session: replica.session, edits: edits.map { RelayedEdit($0) })
        case .reset(let text, let revision, let sequence):
            return replica.reset(
                to: text, revision: revision, session: replica.session, sequence: sequence)
        }
        return Operation()
    }
}

@Suite struct ConvergenceTests {
    @Test(arguments: UInt64(0)..<60)
    func `all copies end equal, with nothing lost and nothing twice`(seed: UInt64) throws {
        // A short history makes clients that were away get the whole text.
        var network = Network(clients: 4, historyCount: seed % 2 == 0 ? 1000 : 5, seed: seed)
        for _ in 0..<400 {
            let index = Int.random(in: 0..<4, using: &network.random)
            switch Int.random(in: 0..<20, using: &network.random) {
            case 0: network.cut(index)
            case 1...3: if !network.clients[index].isOpen { network.open(index) }
            case 4...6: try network.type(index)
            case 7...12: try deliverIfKnown(&network, index)
            default: try network.deliverToClient(index)
            }
            let client = network.clients[index]
            #expect(client.view == client.replica.text.string)
            #expect(client.replica.length == client.view.utf16.count)
        }
        try settle(&network)
        for client in network.clients {
            #expect(client.replica.isSaved && client.view == network.document.text.string)
            for scalar in client.typed {
                let count = network.document.text.string.unicodeScalars.count { $0 == scalar }
                #expect(count == 1)
            }
        }
    }

    @Test(arguments: UInt64(0)..<40)
    func `with deletions, too, all copies end equal`(seed: UInt64) throws {
        var network = Network(clients: 3, historyCount: 1000, seed: seed)
        for _ in 0..<400 {
            let index = Int.random(in: 0..<3, using: &network.random)
            switch Int.random(in: 0..<20, using: &network.random) {
            case 0: network.cut(index)
            case 1...3: if !network.clients[index].isOpen { network.open(index) }
            case 4...6:
                network.edit(index, network.random.operation(on: network.clients[index].view))
            case 7...12: try network.deliverToServer(index)
            default: try network.deliverToClient(index)
            }
        }
        try settle(&network)
        for client in network.clients {
            #expect(client.replica.isSaved && client.view == network.document.text.string)
        }
    }

    /// Delivers an edit; one whose base the short history has lost sends its client away instead.
    private func deliverIfKnown(_ network: inout Network, _ index: Int) throws {
        do {
            try network.deliverToServer(index)
        } catch EditError.baseTooOld {
            network.cut(index)
            network.open(index)
        }
    }

    private func settle(_ network: inout Network) throws {
        for index in network.clients.indices where !network.clients[index].isOpen {
            network.open(index)
        }
        while network.clients.contains(where: { !$0.toServer.isEmpty || !$0.toClient.isEmpty }) {
            for index in network.clients.indices {
                try deliverIfKnown(&network, index)
                try network.deliverToClient(index)
            }
        }
    }
}
