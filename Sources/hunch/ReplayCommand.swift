// hunch replay: plays a recorded editing trace through real sockets.

import Client
import Glibc
import JSON
import Numerics
import Reactor

struct ReplayCommand {
    static let command = Command(
        name: "replay", summary: "play a recorded editing trace and check all copies",
        help: """
            usage: hunch replay TRACE [--clients 8] [--speed max|FACTOR] [--order trace|free]

            Plays a trace (a .json.gz file of github.com/josephg/editing-traces) with several clients, each
            on its own connection and with its own copy. At the end all copies, that of a reader who comes
            late and, in the trace's order, the trace's own end must be equal: exit code 1 if not.
            Clients that lose their connections come back by themselves.

              --clients N     clients; the transactions of one writer are dealt out in turn, those of several by
                              writer (default: 8)
              --speed FACTOR  so many times faster than it was typed; pauses above 2 s count as 2 s (default: max)
              --order ORDER   trace: each edit becomes the revision that it is in the trace (default);
                              free: every client at its own pace, fitted to the text that it has
              --doc DOCUMENT  the document, which must be new (default: a new name in replay/)
              --json          print the report as one JSON object
            \(Home.help)
            \(ServerAddress.help)
            """
    ) { try ReplayCommand(arguments: $0).run() }

    private let path: String
    private let clients: Int
    private let settings: ReplaySettings
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "replay")
        let home = try Home(&arguments)
        let server = try ServerAddress.takeOrUsual(&arguments, home)
        clients = try arguments.integer("--clients", in: 1...1000) ?? 8
        let speed = try Self.speed(&arguments)
        let order = try arguments.choice("--order", of: ReplayPlan.Order.self)
        let document = try arguments.value("--doc")
        let token = try arguments.value("--token")
        isJSON = arguments.flag("--json")
        guard let path = arguments.word() else { throw arguments.error("TRACE is missing") }
        try arguments.end()
        self.path = path
        var settings = ReplaySettings(
            server: server, document: document ?? Self.newDocument(for: path))
        settings.order = order ?? .trace
        settings.speed = speed
        settings.token = token
        self.settings = settings
    }

    private static func speed(_ arguments: inout Arguments) throws(UsageError) -> Double? {
        guard let text = try arguments.value("--speed"), text != "max" else { return nil }
        guard let factor = Double(text), factor > 0, factor.isFinite else {
            throw arguments.error("--speed takes max or a number above 0, not '\(text)'")
        }
        return factor
    }

    /// A name that no run had before.
    private static func newDocument(for path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        let name = file.prefix { $0 != "." }.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let run = String(UInt32.random(in: .min ... .max), radix: 16)
        return "replay/\(name.prefix(60))-\(run)"
    }

    func run() throws {
        Signals.ignoreBrokenPipes()
        let plan = try ReplayPlan(try trace(), clients: clients)
        let line = ProgressLine(onlyOnTerminal: true)
        let run = ReplayRun(plan, settings) { progress in
            line.show(
                "\(Figure.count(progress.edits)) of \(Figure.count(progress.of)) edits, "
                    + "\(progress.connected) of \(clients) connected, "
                    + "\(progress.reconnects) reconnects, \(Figure.fixed(progress.seconds, 1)) s")
        }
        defer { line.clear() }
        let report = try run.run()
        line.clear()
        Output.line(isJSON ? json(report) : text(report))
    }

    private func trace() throws(ReplayPlanError) -> Trace {
        do throws(TraceError) { return try Trace(path: path) } catch { throw .trace(error) }
    }

    private func text(_ report: ReplayReport) -> String {
        let rate = Double(report.edits) / report.seconds
        let others =
            report.order == .trace
            ? ", of a late reader and the trace's end" : " and of a late reader"
        return """
            equal: the copies of \(report.clients) clients\(others)
            \(report.document): \(Figure.count(report.edits)) edits in \(Figure.fixed(report.seconds, 1)) s \
            (\(Figure.count(Int(rate))) a second), \(Figure.count(report.text.utf16.count)) units
            edit→ack: p50 \(Figure.duration(report.latency.quantile(0.5))), \
            p99 \(Figure.duration(report.latency.quantile(0.99))), \
            max \(Figure.duration(report.latency.max))
            reconnects \(report.reconnects), edits sent again \(report.resent), \
            found saved though their ack was lost \(report.foundSaved)\
            \(report.skipped > 0 ? ", with nothing left to do \(report.skipped)" : "")
            """
    }

    private func json(_ report: ReplayReport) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("equal", true)
        writer.field("trace", path)
        writer.field("doc", report.document)
        writer.field("order", report.order.rawValue)
        writer.field("clients", report.clients)
        writer.field("edits", report.edits)
        writer.field("skipped", report.skipped)
        writer.field("units", report.text.utf16.count)
        writer.field("seconds", report.seconds)
        writer.field("reconnects", report.reconnects)
        writer.field("resent", report.resent)
        writer.field("foundSaved", report.foundSaved)
        writer.key("ack")
        writer.latency(report.latency)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
