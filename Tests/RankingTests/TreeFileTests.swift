import Foundation
import JSON
import Learning
import Numerics
import Ranking
import Testing

@Suite(.enabled(if: TreeFixtures.areThere, "../shared/data/rank is not there"))
struct TreeFixtureTests {
    @Test func `LightGBM's predictions come out, with missing values and categories`() throws {
        let model = try TreeFile(TreeFixtures.bytes("lgb_binary_cat_missing.txt"))
            .ensemble()
        let expected = try TreeFixtures.expected("lgb_binary_cat_missing")
        let (raw, probabilities) = (expected.numbers("raw"), expected.numbers("prob"))
        #expect(model.treeCount == 30 && raw.count == 40)
        #expect(probabilities.count == 40 && expected.rows("rows").count == 40)
        for (i, row) in expected.rows("rows").enumerated() {
            let score = model.score(row.span)
            #expect(abs(score - raw[i]) < 1e-12)
            #expect(abs(model.link(score) - probabilities[i]) < 1e-12)
        }
    }

    @Test func `XGBoost's predictions come out`() throws {
        let model = try TreeFile(TreeFixtures.bytes("xgb_binary_missing.json")).ensemble()
        let expected = try TreeFixtures.expected("xgb_binary_missing")
        let (margins, probabilities) = (expected.numbers("margin"), expected.numbers("prob"))
        #expect(model.treeCount == 30 && margins.count == 40)
        #expect(probabilities.count == 40 && expected.rows("rows").count == 40)
        for (i, row) in expected.rows("rows").enumerated() {
            let score = model.score(row.span)
            #expect(abs(score - margins[i]) < 1e-6)
            #expect(abs(model.link(score) - probabilities[i]) < 1e-6)
        }
    }

    @Test(arguments: ["lgb_binary_cat_missing", "lgb_tiny8"])
    func `explanations are LightGBM's and sum to the score`(name: String) throws {
        let model = try TreeFile(TreeFixtures.bytes("\(name).txt")).ensemble()
        let expected = try TreeFixtures.expected(name)
        let contributions = expected.rows("contrib_last_is_bias")
        #expect(!contributions.isEmpty && expected.rows("rows").count >= contributions.count)
        #expect(contributions.allSatisfy { $0.count == model.featureCount + 1 })
        for (row, wanted) in zip(expected.rows("rows"), contributions) {
            let explanation = TreeExplainer(model).explanation(of: row.span)
            let found = explanation.contributions + [explanation.bias]
            #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-9 })
            #expect(abs(explanation.score - model.score(row.span)) < 1e-9)
        }
    }

    @Test func `explanations are XGBoost's to the precision of floats`() throws {
        let model = try TreeFile(TreeFixtures.bytes("xgb_binary_missing.json")).ensemble()
        let expected = try TreeFixtures.expected("xgb_binary_missing")
        let contributions = expected.rows("contrib_last_is_bias")
        #expect(!contributions.isEmpty && expected.rows("rows").count >= contributions.count)
        #expect(contributions.allSatisfy { $0.count == model.featureCount + 1 })
        for (row, wanted) in zip(expected.rows("rows"), contributions) {
            let explanation = TreeExplainer(model).explanation(of: row.span)
            let found = explanation.contributions + [explanation.bias]
            #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    /// The models' files with bytes changed, cut off or doubled.
    @Test(arguments: ["lgb_tiny8.txt", "lgb_binary_cat_missing.txt", "xgb_binary_missing.json"])
    func `a damaged file is refused or read, never fatal`(name: String) throws {
        let whole = try TreeFixtures.bytes(name)
        var random = SplitMix64(seed: 7)
        var refusals = 0
        for _ in 0..<60 {
            let bytes = damaged(whole, &random)
            do {
                let model = try TreeFile(bytes).ensemble()
                let row = [Double](repeating: 0.5, count: min(model.featureCount, 1000))
                if row.count == model.featureCount { _ = model.score(row.span) }
            } catch {
                refusals += 1
                #expect(!"\(error)".isEmpty)
            }
        }
        #expect(refusals > 10)
    }

    private func damaged(_ whole: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = whole
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
        case 1:
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let at = Int.random(in: bytes.indices, using: &random)
                bytes[at] = UInt8.random(in: .min ... .max, using: &random)
            }
        default:
            // Other digits keep the file well formed and make nonsense of it.
            for _ in 0..<200 {
                let at = Int.random(in: bytes.indices, using: &random)
                guard bytes[at] >= 0x30, bytes[at] <= 0x39 else { continue }
                bytes[at] = UInt8.random(in: 0x30...0x39, using: &random)
            }
        }
        return bytes
    }
}

@Suite struct TreeFileTests {
    private let tiny = """
        tree
        version=v4
        num_class=1
        num_tree_per_iteration=1
        max_feature_idx=1
        objective=binary sigmoid:2
        feature_names=age shape
        tree_sizes=1

        Tree=0
        num_leaves=3
        num_cat=1
        split_feature=0 1
        split_gain=2 1
        threshold=1.5 0
        decision_type=2 1
        left_child=1 -1
        right_child=-3 -2
        leaf_value=1 2 4
        leaf_count=1 2 3
        internal_count=6 3
        cat_boundaries=0 1
        cat_threshold=5
        is_linear=0


        end of trees

        """

    private func refusal(_ text: String) -> String {
        do throws(TreeFileError) {
            _ = try TreeFile(Array(text.utf8)).ensemble()
            return "none"
        } catch {
            return error.description
        }
    }

    @Test func `a small LightGBM model does what its lines say`() throws {
        let model = try TreeFile(Array(tiny.utf8)).ensemble()
        // Feature 0: at most 1.5 goes on, NaN counts as 0. Feature 1: categories 0 and 2 go left.
        let cases: [([Double], Double)] = [
            ([2, 0], 4), ([1.5, 0], 1), ([.nan, 2.9], 1), ([0, 1], 2), ([0, -1], 2),
            ([0, .nan], 2), ([0, 1e300], 2),
        ]
        for (row, score) in cases { #expect(model.score(row.span) == score) }
        #expect(model.link(0.5) == 1 / (1 + Double.exp(-1)))
        #expect(model.featureNames == ["age", "shape"])
        #expect(model.importances.map(\.gain) == [2, 1])
        #expect(model.importances.map(\.splits) == [1, 1])
    }

    @Test func `an error names the line and what is wrong with it`() {
        let cases = [
            (
                "left_child=1 -1", "left_child=1",
                "line 25: “left_child=” has 1 numbers instead of 2"
            ),
            (
                "left_child=1 -1", "left_child=0 -1",
                "line 25: in the tree that ends here split 0 has"
            ),
            (
                "threshold=1.5 0", "threshold=x 0",
                "line 25: “threshold=” must be followed by numbers"
            ),
            (
                "threshold=1.5 0", "threshold=1.5 3",
                "line 25: a threshold names no set of categories"
            ),
            ("num_class=1", "num_class=3", "it is a model of several classes"),
            ("is_linear=0", "is_linear=1", "its leaves are linear models"),
            ("end of trees", "", "line 28: the file ends before “end of trees”"),
            ("split_feature=0 1", "split_feature=0 2", "tree 0: split 1 asks for feature 2"),
            ("max_feature_idx=1", "max_feature_idx=65536", "line 9: max_feature_idx must be in"),
            (
                "cat_boundaries=0 1\ncat_threshold=5",
                "cat_boundaries=0 2049\ncat_threshold="
                    + Array(repeating: "1", count: 2049).joined(separator: " "),
                "line 25: categories must be in 0..<65536"
            ),
            (
                "threshold=1.5 0\ndecision_type=2 1", "threshold=0 0\ndecision_type=1 1",
                "line 25: two splits must not have one set of categories"
            ),
            ("tree\n", "wood\n", "it is no model of LightGBM in text"),
        ]
        for (old, new, message) in cases {
            let text = String(tiny.replacing(old, with: new, maxReplacements: 1))
            #expect(refusal(text).hasPrefix(message), "\(refusal(text))")
        }
    }

    @Test func `an XGBoost tree goes right at its categories and at its threshold`() throws {
        let model = try TreeFile(Array(xgBoost().utf8)).ensemble()
        let cases: [([Double], Double)] = [
            ([0.3, 0], 1), ([0.3, 3], 3), ([0.3, 3.9], 3), ([0.3, -1], 1), ([0.3, .nan], 3),
            ([.nan, 1], 1), ([0.1, 3], 2),
            // Rounded to a float, the greatest double below 0.3 is 0.3.
            ([Double(0.3).nextDown, 1], 1), ([Double(Float(0.3).nextDown), 1], 2),
        ]
        for (row, score) in cases { #expect(model.score(row.span) == score + 0.5) }
    }

    @Test func `an XGBoost error names the place`() {
        let cases = [
            (#""num_feature":"2""#, #""num_feature":"none""#, "must be an integer in a string"),
            ("[1,-1,3,-1,-1]", "[1,-1,3,-1]", "tree 0: “right_children” has 5 elements instead"),
            ("[1,-1,3,-1,-1]", "[7,-1,3,-1,-1]", "tree 0: a child is node 7, which there is not"),
            (#""reg:squarederror""#, #""multi:softmax""#, "the objective “multi:softmax” is not"),
            ("\"learner\"", "\"pupil\"", "lacks \"learner\""),
            (#""num_feature":"2""#, #""num_feature":"65537""#, "num_feature must be in 1...65536"),
            (#""categories":[3]"#, #""categories":[65536]"#, "tree 0: categories must be in"),
            (#"_segments":[0]"#, #"_segments":[1]"#, "tree 0: categories_segments must follow"),
            (#"_nodes":[2]"#, #"_nodes":[0]"#, "tree 0: categories_nodes must name nodes whose"),
            (#"_nodes":[2]"#, #"_nodes":[9]"#, "tree 0: categories_nodes must name nodes whose"),
            (
                "_nodes\":[2],\"categories_segments\":[0],\n\"categories_sizes\":[1]",
                "_nodes\":[2,2],\"categories_segments\":[0,0],\n\"categories_sizes\":[1,1]",
                "tree 0: categories_nodes must name nodes whose"
            ),
        ]
        for (old, new, message) in cases {
            let text = String(xgBoost().replacing(old, with: new, maxReplacements: 1))
            do throws(TreeFileError) {
                _ = try TreeFile(Array(text.utf8)).ensemble()
                Issue.record("was read: \(text)")
            } catch {
                #expect(error.description.hasPrefix(message), "\(error)")
            }
        }
    }

    @Test func `a short file cannot ask for long sets of categories without end`() {
        let count = 8193
        func list(_ name: String, _ value: (Int) -> Int) -> String {
            "\"\(name)\":[\((0..<count).map { "\(value($0))" }.joined(separator: ","))]"
        }
        let names = [
            "left_children", "right_children", "split_indices", "split_conditions",
            "default_left", "sum_hessian", "loss_changes", "split_type", "categories_sizes",
        ]
        let lists =
            names.map { list($0) { _ in 1 } }
            + [list("categories") { _ in 65535 }]
            + ["categories_nodes", "categories_segments"].map { list($0) { $0 } }
        let whole = xgBoost()
        let start = whole.range(of: "{\"left_children\"")?.lowerBound ?? whole.startIndex
        let end = whole.range(of: "}]}},")?.lowerBound ?? whole.endIndex
        let text = whole[..<start] + "{" + lists.joined(separator: ",") + whole[end...]
        #expect(
            throws: TreeFileError.tree(
                0, .unsuitable("the sets of categories are too large: number them from 0"))
        ) { try TreeFile(Array(text.utf8)).ensemble() }
    }

    /// XGBoost 3.2's own margins of such models.
    @Test(arguments: [
        ("0", -13.815509796142578), ("1E-8", -13.815509796142578), ("1", 13.745160102844238),
        ("9.999999E-1", 13.745160102844238), ("5E-1", 0),
    ])
    func `a base score of a class is kept from 0 and 1`(score: String, margin: Double) throws {
        func text(_ score: String) -> [UInt8] {
            Array(
                xgBoost().replacing("reg:squarederror", with: "binary:logistic")
                    .replacing("5E-1", with: score).utf8)
        }
        #expect(try TreeFile(text(score)).ensemble().bias == margin)
        #expect(throws: TreeFileError.self) { try TreeFile(text("1.5")).ensemble() }
    }

    /// Feature 0 below 0.3 gives 2; the rest, missing values too, goes on to a
    /// split where category 3 and missing values go right.
    private func xgBoost() -> String {
        """
        {"learner":{"feature_names":[],"gradient_booster":{"name":"gbtree","model":{
        "tree_info":[0],"trees":[{"left_children":[1,-1,3,-1,-1],"right_children":[2,-1,4,-1,-1],
        "split_indices":[0,0,1,0,0],
        "split_conditions":[0.3,2,0,1,3],"default_left":[0,0,0,0,0],
        "sum_hessian":[3,1,2,1,1],"loss_changes":[1,0,1,0,0],"split_type":[0,0,1,0,0],
        "categories":[3],"categories_nodes":[2],"categories_segments":[0],
        "categories_sizes":[1]}]}},
        "learner_model_param":{"base_score":"[5E-1]","num_class":"0","num_feature":"2"},
        "objective":{"name":"reg:squarederror"}},"version":[3,2,0]}
        """
    }
}
