import JSON
import NLU
import Testing

@Suite struct DatasetReportTests {
    private func report(_ file: String, validation: String? = nil) throws -> DatasetReport {
        try DatasetReport(
            Dataset(reading: Array(file.utf8)),
            validation: validation.map { try Dataset(reading: Array($0.utf8)) })
    }

    @Test func `counts are by intent, out of scope apart`() throws {
        let report = try report("text,intent\na,x\nb,x\nc,x\nd,y\ne,z\nf,z\ng,oos\n")
        #expect(report.intents.map(\.intent) == ["x", "y", "z"])
        #expect(report.intents.map(\.count) == [3, 1, 2])
        #expect(report.spread == (1, 2, 3))
        #expect(report.outOfScopeCount == 1)
        #expect(report.rareIntents.count == 3)
        #expect(report.duplicates.isEmpty && report.conflicts.isEmpty && report.leaks.isEmpty)
    }

    @Test func `repeated and contradictory texts are named with their lines`() throws {
        let report = try report(
            "text,intent\nHow  far,x\n\nhow far,x\nb,x\n\"c\n\",x\nb,y\n C,z\nB,oos\n")
        #expect(report.duplicates.map(\.lines) == [[2, 4]])
        #expect(report.duplicates.map(\.text) == ["How  far"])
        #expect(report.conflicts.map(\.lines) == [[5, 8, 10], [6, 9]])
        #expect(report.conflicts.map(\.intents) == [["x", "y", "oos"], ["x", "z"]])
        let lines = report.lines(of: "a.csv").joined(separator: "\n")
        #expect(lines.contains("“b” is x, y and oos in lines 5, 8 and 10"))
        #expect(lines.contains("“How  far” in lines 2 and 4"))
    }

    @Test func `texts that training and validation share are named with both lines`() throws {
        let report = try report(
            "text,intent\na,x\nb,y\nc,y\n", validation: "text,intent\nz,x\n B ,y\nA,x\na,x\n")
        #expect(report.leaks.map(\.lines) == [[2], [3]])
        #expect(report.leaks.map(\.validationLines) == [[4, 5], [3]])
        let json = report.json()
        #expect(json["leaks"]?.int == 2)
        #expect(json["leakLines"]?.array?.count == 2)
        #expect(json["perIntent"]?["median"]?.double == 1.5)
    }

    @Test func `of many findings the first are shown and the others counted`() throws {
        let rows = (0..<9).map { "t\($0),x\nt\($0),x\n" }.joined()
        let report = try report("text,intent\n" + rows)
        let lines = report.lines(of: "a.csv", limit: 2)
        #expect(lines.contains("a.csv: texts that are repeated: 9"))
        #expect(lines.last == "  and 7 more")
        #expect(report.json(limit: 3)["duplicateLines"]?.array?.count == 3)
    }
}
