// A process that appends to a journal until it is killed, and says what was acknowledged.
//
//     journal-crash PATH
//
// It writes a line "DOCUMENT REVISION" for each acknowledged edit; whoever started it reads them
// and kills it in the middle.

import Dispatch
import Glibc
import Journal
import Synchronization

/// The newest revision of each document.
func heads(of documents: [String], in journal: Journal) -> [Int] {
    documents.map { document in
        let done = DispatchSemaphore(value: 0)
        let head = Mutex(0)
        journal.load(document) { result in
            guard case .success(let stored) = result else { fatalError("\(document): \(result)") }
            head.withLock { $0 = stored.revision }
            done.signal()
        }
        done.wait()
        return head.withLock { $0 }
    }
}

/// Appends edits and snapshots without end, with a few hundred on their way.
func run(path: String) throws -> Never {
    let settings = JournalSettings(history: 50, checkpointPages: 50)
    let journal = try Journal(path: path, settings: settings)
    let documents = (0..<4).map { "crash/\($0)" }
    var heads = heads(of: documents, in: journal)

    let room = DispatchSemaphore(value: 300)
    let waiting = Mutex<[UInt64: String]>([:])
    let producer = journal.register(
        onCommit: { commit in
            precondition(commit.failures.isEmpty, "\(commit.failures)")
            let decided = waiting.withLock { waiting in
                let tickets = waiting.keys.filter { $0 <= commit.through }.sorted()
                return tickets.compactMap { waiting.removeValue(forKey: $0) }
            }
            let output = Array(decided.joined().utf8)
            // The pipe is blocking: a short write means that the reader is gone.
            guard write(STDOUT_FILENO, output, output.count) == output.count else { exit(1) }
            for _ in decided { room.signal() }
        },
        onRelief: {})

    var ticket: UInt64 = 0
    while true {
        let number = Int.random(in: documents.indices)
        heads[number] += 1
        let (document, revision) = (documents[number], heads[number])
        let payload = Array("\(document) \(revision)".utf8)
        var entries = [
            JournalEntry.edit(
                JournalEdit(
                    document: document, revision: revision, session: "s", sequence: revision,
                    user: "u", time: revision, payload: payload))
        ]
        if revision.isMultiple(of: 20) {
            entries.append(
                .snapshot(
                    JournalSnapshot(document: document, revision: revision, payload: payload)))
        }
        for (index, entry) in entries.enumerated() {
            room.wait()
            ticket += 1
            waiting.withLock { [ticket] in $0[ticket] = index == 0 ? "\(number) \(revision)\n" : ""
            }
            _ = journal.append(entry, from: producer)
        }
    }
}

try run(path: CommandLine.arguments[1])
