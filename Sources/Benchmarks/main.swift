// hunch-bench: the measurements behind scripts/bench that need code of the project.
//
// What to measure comes as a JSON object on stdin, the figures go to stdout as one.

import Client
import Glibc
import JSON

/// Reads all of stdin.
func readPlan() throws -> JSONValue {
    var bytes: [UInt8] = []
    while let line = readLine(strippingNewline: false) { bytes += Array(line.utf8) }
    return try JSONValue(parsing: bytes)
}

func printFigures(_ figures: JSONValue) {
    print(figures.description)
}

func fail(_ message: String) -> Never {
    let line = Array("hunch-bench: \(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(1)
}

do {
    switch CommandLine.arguments.dropFirst().first {
    case "press": try await Press.measure(PressPlan(readPlan()))
    case "traces": try measureTraces(readPlan())
    case "intents": try measureIntents(readPlan())
    case "training": try measureTraining(readPlan())
    case "rules": try measureRules(readPlan())
    case "tags": try measureTags(readPlan())
    case "journal": try measureJournal(readPlan())
    case "duplicates": try measureDuplicates(readPlan())
    case "entities": try EntityBenchmark(readPlan()).measure()
    case "features": try measureFeatures(readPlan())
    case "ranklens": try measureRankLens(readPlan())
    case "trees": try measureTrees(readPlan())
    case "vectors": try measureVectors(readPlan())
    case "recommend": try measureRecommendations(readPlan())
    case "opening": try measureOpening(readPlan())
    case "ranker": try publishRanker(readPlan())
    default:
        fail(
            "usage: hunch-bench press|traces|intents|training|rules|tags|journal|duplicates|entities"
                + "|features|ranklens|trees|vectors|recommend|opening|ranker < plan.json")
    }
} catch {
    fail("\(error)")
}

/// Plays traces in memory: {"traces": [path]}.
func measureTraces(_ plan: JSONValue) throws {
    let paths = (plan["traces"]?.array ?? []).compactMap(\.string)
    let rows = try paths.map { path in
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let row = TraceBenchmark(name: name, trace: try Trace(path: path)).run()
        return [
            "name": .string(row.name), "edits": .number(Double(row.edits)),
            "commit": .number(row.commit), "text": .number(row.text), "string": .number(row.string),
        ] as JSONValue
    }
    printFigures(["rows": .array(rows)])
}
