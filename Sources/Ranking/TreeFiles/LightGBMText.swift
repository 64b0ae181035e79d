// LightGBM's text models.

import Learning

extension TreeFile {
    /// Reads a model as `Booster.save_model` writes it.
    ///
    /// Raw scores are those of LightGBM. Models of several classes, with linear leaves, and of categories
    /// that a data frame has numbered are refused.
    ///
    /// Source: LightGBM's `src/io/tree.cpp` and `gbdt_model_text.cpp` define the format.
    init(lightGBM bytes: [UInt8]) throws(TreeFileError) {
        var lines = TextLines(bytes)
        let header = try LightGBMHeader(&lines)
        var trees: [DecisionTree] = []
        while try lines.skipToTree(wanted: "“end of trees”") {
            trees.append(try DecisionTree(lightGBM: &lines))
        }
        if header.isAverage { trees = trees.map { $0.scaled(by: 1 / Double(trees.count)) } }
        guard header.treeCount.map({ $0 == trees.count }) ?? true else {
            throw .line(
                lines.number,
                .wrongCount("tree_sizes", found: header.treeCount ?? 0, wanted: trees.count))
        }
        for (number, tree) in trees.enumerated() where tree.leaves.isEmpty {
            throw .unsupported("tree \(number) has no leaf")
        }
        guard !lines.remaining.contains(where: Self.numbersCategories) else {
            throw .renumberedCategories
        }
        self.init(
            origin: .lightGBM, trees: trees, featureCount: header.featureCount,
            featureNames: header.featureNames, link: header.link)
    }

    /// Whether a line says that values were replaced by their numbers in the data frame of the training.
    private static func numbersCategories(_ line: ArraySlice<UInt8>) -> Bool {
        let name = "pandas_categorical:"
        guard line.starts(with: name.utf8) else { return false }
        let value = String(decoding: line.dropFirst(name.utf8.count), as: UTF8.self)
        return !["null", "[]"].contains { value.hasPrefix($0) }
    }
}

extension DecisionTree {
    fileprivate func scaled(by factor: Double) -> DecisionTree {
        let leaves = leaves.map { Leaf(value: $0.value * factor, cover: $0.cover) }
        return DecisionTree(splits: splits, leaves: leaves)
    }
}

/// What stands before the trees.
private struct LightGBMHeader {
    let featureCount: Int
    let featureNames: [String]
    let treeCount: Int?
    let link: TreeLink
    let isAverage: Bool

    init(_ lines: inout TextLines) throws(TreeFileError) {
        _ = try lines.next(wanted: "the word “tree”")
        let fields = try lines.fields(wanted: "the trees")
        let greatest = try fields.integer("max_feature_idx")
        guard (0..<TreeEnsemble.greatestFeatureCount).contains(greatest) else {
            throw .line(fields.end, .unsuitable("max_feature_idx must be in 0..<65536"))
        }
        featureCount = greatest + 1
        for name in ["num_class", "num_tree_per_iteration"] where fields.has(name) {
            guard try fields.integer(name) == 1 else {
                throw .unsupported("it is a model of several classes")
            }
        }
        let names = fields.text("feature_names")?.split(separator: " ").map(String.init) ?? []
        guard names.isEmpty || names.count == featureCount else {
            throw .line(
                fields.end,
                .wrongCount("feature_names", found: names.count, wanted: featureCount))
        }
        featureNames = names
        treeCount = fields.text("tree_sizes").map { $0.split(separator: " ").count }
        isAverage = fields.has("average_output")
        link = try Self.link(fields.text("objective") ?? "custom", line: fields.end)
    }

    private static func link(_ objective: String, line: Int) throws(TreeFileError) -> TreeLink {
        let words = objective.split(separator: " ")
        switch words.first {
        case "binary":
            let word = words.first { $0.hasPrefix("sigmoid:") }
            guard let word else { return .logistic(scale: 1) }
            guard let scale = Double(word.dropFirst(8)), scale > 0, scale.isFinite else {
                throw .line(line, .unsuitable("sigmoid must be a number above 0"))
            }
            return .logistic(scale: scale)
        case "cross_entropy", "xentropy": return .logistic(scale: 1)
        case "poisson", "gamma", "tweedie": return .exponential
        case "multiclass", "multiclassova":
            throw .unsupported("it is a model of several classes")
        case "cross_entropy_lambda", "xentlambda":
            throw .unsupported("the objective \(words[0]) is not known")
        default:
            if words.contains("sqrt") {
                throw .unsupported("the objective “\(objective)” is not known")
            }
            return .identity
        }
    }
}

extension DecisionTree {
    /// Reads a tree whose line `Tree=` was taken already.
    fileprivate init(lightGBM lines: inout TextLines) throws(TreeFileError) {
        let fields = try lines.fields(wanted: "the end of a tree")
        if fields.has("is_linear"), try fields.integer("is_linear") != 0 {
            throw .unsupported("its leaves are linear models")
        }
        let leafCount = try fields.integer("num_leaves")
        guard leafCount > 0, leafCount < 1 << 24 else {
            throw .line(fields.end, .unsuitable("num_leaves must be in 1..<2^24"))
        }
        let splitCount = leafCount - 1
        let values = try fields.doubles("leaf_value", count: leafCount)
        let covers = try fields.optional("leaf_count", count: leafCount)
        self.init(
            splits: [], leaves: zip(values, covers).map { Leaf(value: $0, cover: $1) })
        guard splitCount > 0 else { return }
        let columns = try LightGBMColumns(fields, count: splitCount)
        for i in 0..<splitCount { splits.append(try columns.split(i)) }
        do throws(TreeFault) {
            try checkShape()
        } catch {
            throw .line(fields.end, .badTree(error))
        }
    }
}

/// The lists of a tree, one number a split.
private struct LightGBMColumns {
    let features, types, lefts, rights: [Int]
    let thresholds, gains, covers: [Double]
    let borders, words: [Int]
    let line: Int

    init(_ fields: TextFields, count: Int) throws(TreeFileError) {
        line = fields.end
        features = try fields.integers("split_feature", count: count)
        types = try fields.integers("decision_type", count: count)
        lefts = try fields.integers("left_child", count: count)
        rights = try fields.integers("right_child", count: count)
        thresholds = try fields.doubles("threshold", count: count)
        gains = try fields.optional("split_gain", count: count)
        covers = try fields.optional("internal_count", count: count)
        let sets = fields.has("num_cat") ? try fields.integer("num_cat") : 0
        guard sets > 0 else {
            (borders, words) = ([0], [])
            return
        }
        guard sets <= count else {
            throw .line(line, .unsuitable("num_cat must not exceed the number of splits"))
        }
        borders = try fields.integers("cat_boundaries", count: sets + 1)
        words = try fields.integers("cat_threshold", count: nil)
        // Else a short file could ask for a long set again and again.
        let named = zip(types, thresholds).filter { $0.0 & 1 == 1 }.map(\.1)
        guard Set(named).count == named.count else {
            throw .line(line, .unsuitable("two splits must not have one set of categories"))
        }
    }

    func split(_ i: Int) throws(TreeFileError) -> DecisionTree.Split {
        guard (0..<256).contains(types[i]) else {
            throw .line(line, .unsuitable("decision_type must be in 0...255"))
        }
        let isCategorical = types[i] & 1 == 1
        let rule: SplitRule
        if isCategorical {
            rule = .isIn(try set(thresholds[i]))
        } else {
            guard let missing = MissingValues(rawValue: UInt8(types[i] >> 2)) else {
                throw .line(line, .unsuitable("decision_type names no kind of missing value"))
            }
            rule = .atMost(thresholds[i], missing: missing)
        }
        return DecisionTree.Split(
            feature: features[i], rule: rule,
            missingGoesLeft: !isCategorical && types[i] & 2 != 0, left: Self.child(lefts[i]),
            right: Self.child(rights[i]), gain: gains[i], cover: covers[i])
    }

    private func set(_ number: Double) throws(TreeFileError) -> [UInt32] {
        guard let set = Int(exactly: number), set >= 0, set < borders.count - 1,
            borders[set] >= 0, borders[set] <= borders[set + 1], borders[set + 1] <= words.count
        else { throw .line(line, .unsuitable("a threshold names no set of categories")) }
        guard (borders[set + 1] - borders[set]) * 32 <= DecisionTree.greatestCategoryCount else {
            throw .line(line, .unsuitable("categories must be in 0..<65536"))
        }
        var bits: [UInt32] = []
        for word in words[borders[set]..<borders[set + 1]] {
            guard let word = UInt32(exactly: word) else {
                throw .line(line, .unsuitable("cat_threshold must hold numbers of 32 bits"))
            }
            bits.append(word)
        }
        return bits
    }

    private static func child(_ number: Int) -> TreeChild {
        number >= 0 ? .split(number) : .leaf(-1 - number)
    }
}
