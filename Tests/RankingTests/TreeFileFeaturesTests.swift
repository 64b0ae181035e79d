import Foundation
import JSON
import Learning
import Ranking
import Testing

/// Models whose features are found by name among those of a recommender.
///
/// The fixtures were trained on rows that a recommender of films had logged, on some of its features in another order.
@Suite struct TreeFileFeaturesTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fixtures/trees")

    private func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: Self.fixtures.appending(path: name)))
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    private func refusal(_ text: String, _ names: [String] = ["a", "b"]) -> String {
        do throws(TreeFileError) {
            _ = try TreeFile(Array(text.utf8)).ensemble(of: names)
            return "none"
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("lightgbm.txt", "lightgbm", TreeFile.Origin.lightGBM, 1e-12),
        ("xgboost.json", "xgboost", .xgBoost, 1e-6),
    ])
    func `rows in a recommender's order get the scores of the library`(
        file: String, library: String, origin: TreeFile.Origin, tolerance: Double
    ) throws {
        let expected = try JSONValue(parsing: bytes("expected.json"))
        let (rows, scores) = (expected.rows("rows"), expected.numbers(library))
        let names = (expected["names"]?.array ?? []).compactMap(\.string)
        try #require(rows.count == 24 && scores.count == 24 && names.count == 17)
        let read = try TreeFile(bytes(file))
        #expect(read.origin == origin)
        let order = LearnedOrder(.trees(try read.ensemble(of: names)))
        for (row, score) in zip(rows, scores) {
            #expect(abs(order.scores(row)[0] - score) < tolerance)
        }
        // Wherever features stand, and whatever stands beside them.
        let places = Array(names.indices.reversed())
        let other = LearnedOrder(
            .trees(try read.ensemble(of: ["extra"] + places.map { names[$0] })))
        for (row, score) in zip(rows, scores) {
            #expect(abs(other.scores([.nan] + places.map { row[$0] })[0] - score) < tolerance)
        }
    }

    @Test func `a blank in a feature's name is an underscore in LightGBM's file`() throws {
        let names =
            ["click rate"] + (try text("lightgbm.txt")).featureNames.filter { $0 != "clickRate" }
        let renamed = try text("lightgbm.txt").replacingOccurrences(
            of: "feature_names=clickRate ", with: "feature_names=click_rate ")
        #expect(try TreeFile(Array(renamed.utf8)).ensemble(of: names).featureNames == names)
    }

    @Test func `features that are not known, or not named, are refused`() throws {
        let unknown = refusal(try text("lightgbm.txt"), ["clickRate", "price"])
        #expect(unknown.hasPrefix("it asks for “clickRate.relative”, “clickedBefore”, “clicks”"))
        #expect(unknown.hasSuffix("does not compute; it computes “clickRate”, “price”"))
        let xgBoost = try text("xgboost.json")
        let start = try #require(xgBoost.range(of: #""feature_names":["#)).upperBound
        let end = try #require(xgBoost[start...].firstIndex(of: "]"))
        let unnamed = xgBoost[..<start] + xgBoost[end...]
        #expect(
            refusal(String(unnamed))
                == "it does not name its features: train it on columns with names")
    }

    @Test func `categories that a data frame has numbered are refused`() throws {
        let frame = try text("lightgbm.txt").replacingOccurrences(
            of: "pandas_categorical:null", with: "pandas_categorical:[[3, 4]]")
        #expect(refusal(frame).hasPrefix("it was trained on categories of a data frame"))
        let other = try text("xgboost.json").replacingOccurrences(
            of: #""sorted_idx":[]"#, with: #""sorted_idx":[0,1]"#)
        #expect(refusal(other).hasPrefix("it was trained on categories of a data frame"))
    }

    @Test func `a file of XGBoost tells where its training was best`() throws {
        let whole = try text("xgboost.json")
        #expect(try TreeFile(Array(whole.utf8)).bestRound == nil)
        let stopped = whole.replacingOccurrences(
            of: #""attributes":{}"#, with: #""attributes":{"best_iteration":"2"}"#)
        #expect(try TreeFile(Array(stopped.utf8)).bestRound == 2)
    }

    @Test func `what is no such file is told apart by how it begins`() {
        #expect(refusal("{L\0\0\0\0\0\0\0\u{7}learner{L").contains("to a file that ends in .json"))
        #expect(refusal("wood\n").hasPrefix("it is no model of LightGBM in text"))
        #expect(refusal("").hasPrefix("it is no model of LightGBM in text"))
        #expect(refusal(" {}").contains("lacks \"learner\""))
        #expect(TreeFile.origin(of: Array("tree\r\nversion".utf8).span.bytes) == .lightGBM)
        #expect(TreeFile.origin(of: Array("tree".utf8).span.bytes) == nil)
    }

    @Test func `a tree of one leaf needs no count of rows`() throws {
        let text = """
            tree
            max_feature_idx=1
            objective=lambdarank
            feature_names=a b

            Tree=0
            num_leaves=1
            num_cat=0
            split_feature=
            leaf_value=0.25
            leaf_count=
            internal_count=


            end of trees

            """
        let ensemble = try TreeFile(Array(text.utf8)).ensemble(of: ["b", "a"])
        #expect(ensemble.score([1, 2].span) == 0.25)
        #expect(LearnedOrder(.trees(ensemble)).explanation(of: [1, 2]).bias == 0.25)
    }
}

extension String {
    /// Those that a file of LightGBM names.
    fileprivate var featureNames: [String] {
        split(separator: "\n").first { $0.hasPrefix("feature_names=") }
            .map { $0.dropFirst(14).split(separator: " ").map(String.init) } ?? []
    }
}
