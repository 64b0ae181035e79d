// XGBoost's JSON models.

import JSON
import Learning
import Numerics

extension TreeFile {
    /// Reads a model as `Booster.save_model` writes it to a file that ends in `.json`.
    ///
    /// Values are rounded to floats and leaves summed as floats, as XGBoost does; margins are its to a
    /// rounding. Models of several outputs, linear boosters, and categories that a data frame has
    /// numbered are refused.
    ///
    /// Source: XGBoost's documentation, "Introduction to Model IO", gives the schema.
    init(xgBoost bytes: [UInt8]) throws(TreeFileError) {
        // Its other form begins the same, and goes on with the type of a name's length.
        let second = bytes.drop { $0 != UInt8(ascii: "{") }.dropFirst().first
        guard second != UInt8(ascii: "L"), second != UInt8(ascii: "i") else { throw .binary }
        let model: XGBoostModel
        do throws(JSONError) {
            model = try XGBoostModel(bytes)
        } catch {
            throw .json(error)
        }
        let link = try model.link()
        guard model.hasBias(link) else {
            throw .unsupported("the base score is no prediction of its objective")
        }
        let trees = try model.decisionTrees()
        self.init(
            origin: .xgBoost, trees: trees, featureCount: model.featureCount,
            featureNames: model.checkedNames(), bias: model.bias(link), link: link,
            precision: .float, bestRound: model.bestRound)
    }
}

/// What a file says, before it is made sense of.
struct XGBoostModel {
    private(set) var featureCount = 0
    private(set) var bestRound: Int?
    private var featureNames: [String] = []
    private var baseScore = 0.5
    private var objective = ""
    private var booster = ""
    private var outputs = 1
    private var trees: [XGBoostTree] = []
    private var treeWeights: [Double] = []
    private var groups: [Int] = []
    private var numbersCategories = false

    init(_ bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes.span)
        var hasLearner = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "learner":
                hasLearner = true
                try readLearner(&reader)
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        guard hasLearner else { throw JSONError(.missing("learner"), at: 0) }
        guard featureCount > 0 else {
            throw JSONError(.missing("learner_model_param.num_feature"), at: 0)
        }
    }

    private mutating func readLearner(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "feature_names": featureNames = try reader.strings()
            case "gradient_booster": try readBooster(&reader)
            case "attributes": try readAttributes(&reader)
            case "learner_model_param": try readParameters(&reader)
            case "objective": try readObjective(&reader)
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readAttributes(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "best_iteration": bestRound = try reader.writtenInteger()
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readObjective(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": objective = try reader.string()
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readParameters(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "base_score": baseScore = try reader.writtenScore()
            case "num_feature":
                let start = reader.offset
                featureCount = try reader.writtenInteger()
                guard (1...TreeEnsemble.greatestFeatureCount).contains(featureCount) else {
                    throw JSONError(.unsuitable("num_feature must be in 1...65536"), at: start)
                }
            case "num_class", "num_target": outputs = max(outputs, try reader.writtenInteger())
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readBooster(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": booster = try reader.string()
            case "model": try readTrees(&reader)
            // A booster with dropped trees wraps the usual one.
            case "gbtree": try readBooster(&reader)
            case "weight_drop": treeWeights = try reader.doubles()
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readTrees(_ reader: inout JSONReader) throws(JSONError) {
        guard reader.peek() == .object else { return try reader.skipValue() }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "trees":
                try reader.beginArray()
                while try reader.nextElement() { trees.append(try XGBoostTree(&reader)) }
            case "tree_info": groups = try reader.integers()
            case "cats": try readCategories(&reader)
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readCategories(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "sorted_idx": numbersCategories = try !reader.integers().isEmpty
            default: try reader.skipValue()
            }
        }
    }
}

// MARK: What it means

extension XGBoostModel {
    func decisionTrees() throws(TreeFileError) -> [DecisionTree] {
        guard booster == "gbtree" || booster == "dart" || booster.isEmpty else {
            throw .unsupported("the booster “\(booster)” has no trees")
        }
        guard outputs <= 1, groups.allSatisfy({ $0 == 0 }) else {
            throw .unsupported("it is a model of several outputs")
        }
        guard !numbersCategories else { throw .renumberedCategories }
        guard treeWeights.isEmpty || treeWeights.count == trees.count else {
            throw .unsupported("there are \(treeWeights.count) weights of \(trees.count) trees")
        }
        var result: [DecisionTree] = []
        var wordsLeft = TreeEnsemble.greatestSetWordCount
        for (number, tree) in trees.enumerated() {
            let weight = treeWeights.isEmpty ? 1 : treeWeights[number]
            do throws(XGBoostFault) {
                result.append(try tree.decisionTree(weight: weight, wordsLeft: &wordsLeft))
            } catch {
                throw .tree(number, error)
            }
        }
        return result
    }

    func link() throws(TreeFileError) -> TreeLink {
        switch objective {
        case "binary:logistic", "reg:logistic": return .logistic(scale: 1)
        case "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox": return .exponential
        case "binary:logitraw", "reg:squarederror", "reg:squaredlogerror", "reg:absoluteerror",
            "reg:pseudohubererror", "reg:quantileerror", "rank:ndcg", "rank:map",
            "rank:pairwise":
            return .identity
        default: throw .unsupported("the objective “\(objective)” is not known")
        }
    }

    /// The margin before any tree: the base score is a prediction.
    func bias(_ link: TreeLink) -> Double {
        switch link {
        case .identity: baseScore
        // In floats up to the logarithm, as there, and as far from 0 and 1 as there.
        case .logistic: Double(Float(-Double.log(Double(1 / clampedScore - 1))))
        case .exponential: Double(Float(Double.log(baseScore)))
        }
    }

    private var clampedScore: Float { min(max(Float(baseScore), 1e-6), 1 - 1e-6) }

    func hasBias(_ link: TreeLink) -> Bool {
        if case .logistic = link, !(0...1).contains(baseScore) { return false }
        return bias(link).isFinite
    }

    func checkedNames() -> [String] {
        featureNames.count == featureCount ? featureNames : []
    }
}

// MARK: Numbers in strings

extension JSONReader {
    /// An integer that XGBoost writes as a string.
    fileprivate mutating func writtenInteger() throws(JSONError) -> Int {
        let start = offset
        guard peek() == .string else { return try integer() }
        guard let value = Int(try string()) else {
            throw JSONError(.unsuitable("must be an integer in a string"), at: start)
        }
        return value
    }

    /// The base score: a number in a string, since version 3.1 within brackets.
    fileprivate mutating func writtenScore() throws(JSONError) -> Double {
        let start = offset
        guard peek() == .string else { return try double() }
        var text = Substring(try string())
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        guard !text.contains(",") else {
            throw JSONError(.unsuitable("has a base score for each of several outputs"), at: start)
        }
        guard let value = Float(text), value.isFinite else {
            throw JSONError(.unsuitable("must be a number in a string"), at: start)
        }
        return Double(value)
    }

    fileprivate mutating func strings() throws(JSONError) -> [String] {
        var values: [String] = []
        try beginArray()
        while try nextElement() { values.append(try string()) }
        return values
    }
}
