// hunch load: a load test that checks every reply.

import Client
import Glibc
import JSON
import Numerics
import Reactor
import Registry

struct LoadCommand {
    static let command = Command(
        name: "load", summary: "load a server, check every reply and report latencies",
        help: """
            usage: hunch load [--connections 1000] [--documents 200] [--rate 5000] [--duration 30] [--mix MIX]

            Virtual editors type into shared documents. What they do is due at times drawn beforehand, whatever
            the server does, and latencies count from there; an editor has one edit in flight and composes
            what is due meanwhile. Every reply is checked: acks and revisions in order, each edit answered
            once by each model, all copies equal at the end. Exit code 1 if anything is lost or wrong. Of
            requests the report also says for how long they waited in the server and were computed.
            SIGINT ends the actions before their time; what is still to come is waited for and checked.

              --connections N  editors, each on a connection of its own (default: 1000)
              --documents N    new documents that they share (default: 200)
              --rate N         actions a second, of all together (default: 5000)
              --duration S     seconds (default: 30)
              --mix MIX        shares of the actions (default: edit=100), for example
                               edit=90,classify=5,recommend=5
              --source NAME    what recommendations are asked for (default: editor)
              --users FILE     names, one a line, that the editors take in turn (default: nobody's)
              --arrivals KIND  poisson or even (default: poisson)
              --seed N         of all that is drawn (default: 1)
              --json           print the report as one JSON object
              --distribution   with --json: of each latency also all values, each with how often it came
            \(Home.help)
            \(ServerAddress.help)
            """
    ) { try LoadCommand(arguments: $0).run() }

    private let settings: LoadSettings
    private let isJSON: Bool
    private let isWithDistribution: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "load")
        let home = try Home(&arguments)
        var settings = LoadSettings(server: try .takeOrUsual(&arguments, home))
        settings.connections = try arguments.integer("--connections", in: 1...100_000) ?? 1000
        settings.documents = try arguments.integer("--documents", in: 1...100_000) ?? 200
        settings.rate = try arguments.positive("--rate") ?? 5000
        settings.duration = try arguments.positive("--duration") ?? 30
        if let text = try arguments.value("--mix") {
            guard let mix = LoadMix(text) else {
                throw arguments.error(
                    "--mix takes edit=90,classify=5,recommend=5 or the like, not '\(text)'")
            }
            settings.mix = mix
        }
        settings.source = try arguments.value("--source") ?? settings.source
        settings.arrivals =
            try arguments.choice("--arrivals", of: Arrivals.Distribution.self) ?? .poisson
        settings.seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
        if let path = try arguments.value("--users") {
            settings.users = try Self.names(in: path, arguments)
        }
        settings.token = try arguments.value("--token")
        isJSON = arguments.flag("--json")
        isWithDistribution = arguments.flag("--distribution")
        try arguments.end()
        // A document that nobody has open would take no part.
        settings.documents = min(settings.documents, settings.connections)
        self.settings = settings
    }

    private static func names(
        in path: String, _ arguments: Arguments
    ) throws(UsageError) -> [String] {
        guard let bytes = try? FileSystem.read(path) else {
            throw arguments.error("--users: '\(path)' cannot be read")
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func run() throws {
        let line = ProgressLine(onlyOnTerminal: false)
        let connections = settings.connections
        let load = LoadRun(settings) { line.show(Self.text($0, connections)) }
        let signals = Signals([SIGINT]) { _ in Task { await load.stop() } }
        let report = try withExtendedLifetime(signals) { try load.run() }
        line.clear()
        Output.line(isJSON ? json(report) : text(report))
        guard report.isFlawless else {
            throw Failure("\(report.measures.faultCount) replies were lost, out of order or wrong")
        }
    }

    private static func text(_ progress: LoadProgress, _ connections: Int) -> String {
        if case .connecting(let ready) = progress.phase {
            return "connecting: \(Figure.count(ready)) of \(Figure.count(connections))"
        }
        let recent = progress.recent
        func p99(_ kind: String) -> String {
            recent.latencies[kind].map { Figure.duration($0.quantile(0.99)) } ?? "-"
        }
        return "\(Figure.right(Figure.fixed(progress.seconds, 0), 4)) s  "
            + "\(Figure.count(recent.editsDue)) edits, \(Figure.count(recent.relays)) relays, "
            + "\(Figure.count(recent.results)) results; p99: ack \(p99("edit→ack")), "
            + "intent \(p99("edit→results intent")), "
            + "own lateness \(Figure.duration(recent.lateness.quantile(0.99)))"
            + (progress.faults > 0 ? "; FAULTS: \(progress.faults)" : "")
    }

    // MARK: The report

    private static let quantiles: [(String, Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1),
    ]

    private func text(_ report: LoadReport) -> String {
        let measures = report.measures
        var lines = [
            "\(Figure.count(report.connections)) connections (\(report.transport.rawValue)), "
                + "\(Figure.count(report.documents)) documents, \(Figure.decimal(report.rate)) actions a second "
                + "for \(Figure.decimal(min(settings.duration, report.seconds))) s",
            "",
            Figure.left("from when it was due", 30) + Figure.right("count", 10)
                + Self.quantiles.map { Figure.right($0.0, 10) }.joined(),
        ]
        for (kind, histogram) in measures.latencies.sorted(by: { $0.key < $1.key }) {
            lines.append(row(kind, histogram))
        }
        lines.append(row("the generator's own lateness", measures.lateness))
        lines += [
            "",
            "edits due \(Figure.count(measures.editsDue)), sent \(Figure.count(measures.editsSent)), "
                + "saved \(Figure.count(measures.editsSaved)), undone before sending "
                + Figure.count(measures.editsCancelled),
            "relays \(Figure.count(measures.relays)), results \(Figure.count(measures.results)), "
                + "requests \(Figure.count(measures.requests)), replies \(Figure.count(measures.replies))",
            "models: "
                + (report.models.isEmpty ? "none answers" : report.models.joined(separator: ", ")),
            "received \(Figure.count(report.bytesReceived)) bytes, sent \(Figure.count(report.bytesSent)); "
                + "the generator used \(Figure.fixed(report.processorSeconds / report.seconds * 100, 0)) % of a core",
            "\(Figure.count(report.documentsCompared)) documents compared with a late reader's",
        ]
        for (kind, fault) in measures.faults.sorted(by: { $0.key < $1.key }) {
            lines.append("FAULT: \(kind): \(fault.count) times, for example \(fault.example)")
        }
        if report.isFlawless { lines.append("every reply came, in order and right") }
        return lines.joined(separator: "\n")
    }

    private func row(_ name: String, _ histogram: Histogram) -> String {
        Figure.left(name, 30) + Figure.right(Figure.count(Int(histogram.count)), 10)
            + Self.quantiles.map { Figure.right(Figure.duration(histogram.quantile($0.1)), 10) }
            .joined()
    }

    private func json(_ report: LoadReport) -> String {
        let measures = report.measures
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("flawless", report.isFlawless)
        writer.field("connections", report.connections)
        writer.field("documents", report.documents)
        writer.field("rate", report.rate)
        writer.field("transport", report.transport.rawValue)
        writer.field("seed", Int(settings.seed))
        writer.field("seconds", report.seconds)
        writer.key("models")
        writer.value(.array(report.models.map { .string($0) }))
        writer.key("counts")
        writer.value([
            "editsDue": .number(Double(measures.editsDue)),
            "editsSent": .number(Double(measures.editsSent)),
            "editsSaved": .number(Double(measures.editsSaved)),
            "editsCancelled": .number(Double(measures.editsCancelled)),
            "relays": .number(Double(measures.relays)),
            "results": .number(Double(measures.results)),
            "requests": .number(Double(measures.requests)),
            "replies": .number(Double(measures.replies)),
            "documentsCompared": .number(Double(report.documentsCompared)),
        ])
        writer.key("latencies")
        writer.beginObject()
        for (kind, histogram) in measures.latencies.sorted(by: { $0.key < $1.key }) {
            writer.key(kind)
            writer.latency(histogram, withDistribution: isWithDistribution)
        }
        writer.endObject()
        writer.key("generator")
        writer.beginObject()
        writer.field("processorSeconds", report.processorSeconds)
        writer.field("bytesReceived", report.bytesReceived)
        writer.field("bytesSent", report.bytesSent)
        writer.key("lateness")
        writer.latency(measures.lateness)
        writer.endObject()
        writer.key("faults")
        writer.beginObject()
        for (kind, fault) in measures.faults.sorted(by: { $0.key < $1.key }) {
            writer.key(kind)
            writer.value(["count": .number(Double(fault.count)), "example": .string(fault.example)])
        }
        writer.endObject()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONWriter {
    /// Writes a histogram of nanoseconds by its quantiles, in microseconds; and all of it, if wanted.
    mutating func latency(_ histogram: Histogram, withDistribution: Bool = false) {
        beginObject()
        field("count", Int(histogram.count))
        field("meanMicros", histogram.mean / 1000)
        let quantiles: [(StaticString, Double)] = [
            ("p50Micros", 0.5), ("p90Micros", 0.9), ("p99Micros", 0.99), ("p999Micros", 0.999),
            ("maxMicros", 1),
        ]
        for (name, quantile) in quantiles {
            field(name, Double(histogram.quantile(quantile)) / 1000)
        }
        if withDistribution {
            key("distribution")
            value(
                .array(
                    histogram.distribution.map { value, count in
                        .array([.number(Double(value) / 1000), .number(Double(count))])
                    }))
        }
        endObject()
    }
}
