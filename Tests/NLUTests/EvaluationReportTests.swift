import JSON
import Learning
import NLU
import Testing

@Suite struct EvaluationReportTests {
    private func report() throws -> EvaluationReport {
        let texts =
            Toy.dataset.examples + [
                Example(text: "a <b> & \"c\"", intent: "x < y & z"),
                Example(text: "ξψω", intent: "oos"),
            ]
        let dataset = Dataset(texts)
        let evaluation = Evaluation(Toy.classifier, on: dataset)
        let bootstrap = Bootstrap(resamples: 20)
        var report = EvaluationReport(
            model: "toy@1", data: "test.csv", threshold: Toy.classifier.threshold, evaluation,
            bootstrap: bootstrap)
        report.add(try Slices(reading: Array("text,slice\nξψω,odd\n".utf8)), of: dataset)
        report.typing = TypingEvaluation(IntentModel(Toy.classifier), on: dataset)
        report.against = EvaluationReport.Other(
            model: "toy@2", comparison: Comparison(evaluation, evaluation, bootstrap))
        return report
    }

    @Test func `JSON has the names that stay and the parts that were asked for`() throws {
        let json = try report().json()
        for name in [
            "model", "examples", "accuracy", "macroPrecision", "macroRecall", "macroF1",
            "weightedF1", "logLoss", "ece", "answeredAccuracy", "outOfScope", "outOfScopeRecall",
            "outOfScopeAUROC",
        ] { #expect(json[name] != nil, "\(name) is missing") }
        #expect(json["examples"]?.int == 19)
        #expect(json["intents"]?.array?.count == 4)
        #expect(json["slices"]?.array?.first?["outOfScope"]?.int == 1)
        #expect(json["slices"]?.array?.first?["accuracy"] == nil)
        #expect(json["typing"]?["cuts"]?.array?.count == 4)
        #expect(json["against"]?["p"]?.double == 1)
        #expect(json["intervals"]?["accuracy"]?.array?.count == 2)
        #expect(json["curves"]?["outOfScope"]?.array?.isEmpty == false)
    }

    @Test func `the page is well-formed markup in which names are text`() throws {
        let page = try report().page
        #expect(page.contains("x &lt; y &amp; z"))
        #expect(!page.contains("x < y"))
        #expect(!page.contains("http"))
        #expect(!page.contains("<script"))
        #expect(Markup.firstMismatch(in: page) == nil)
        #expect(page.contains("taken for"))
    }

    @Test func `lines name all parts`() throws {
        let lines = try report().lines.joined(separator: "\n")
        for title in ["Side by side", "Reliability", "Intents", "Out of scope", "Slices", "typing"]
        {
            #expect(lines.contains(title), "\(title) is missing")
        }
        #expect(lines.contains("McNemar's exact test, two-sided: p = 1.000"))
    }
}

/// The elements of a page.
private enum Markup {
    /// The first element that is closed by another or by none; nil where all are nested.
    static func firstMismatch(in page: String) -> Substring? {
        var open: [Substring] = []
        var rest = page[...]
        while let start = rest.firstIndex(of: "<") {
            guard let end = rest[start...].firstIndex(of: ">") else { return rest[start...] }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
            if tag.hasPrefix("!") || tag.hasSuffix("/") || name == "meta" { continue }
            if !tag.hasPrefix("/") {
                open.append(name)
            } else if open.popLast() != name {
                return tag
            }
        }
        return open.first
    }
}
