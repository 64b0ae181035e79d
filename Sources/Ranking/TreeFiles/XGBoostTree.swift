// One tree of an XGBoost model.

import JSON
import Learning

/// The arrays of a tree, one element a node.
struct XGBoostTree {
    private var lefts: [Int] = []
    private var rights: [Int] = []
    private var features: [Int] = []
    private var conditions: [Double] = []
    private var defaults: [Int] = []
    private var hessians: [Double] = []
    private var gains: [Double] = []
    private var types: [Int] = []
    private var categories: [Int] = []
    private var categoryNodes: [Int] = []
    private var categorySegments: [Int] = []
    private var categorySizes: [Int] = []
    private var leafWidth = 1

    init(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "left_children": lefts = try reader.integers()
            case "right_children": rights = try reader.integers()
            case "split_indices": features = try reader.integers()
            case "split_conditions": conditions = try reader.doubles()
            case "default_left": defaults = try reader.integers()
            case "sum_hessian": hessians = try reader.doubles()
            case "loss_changes": gains = try reader.doubles()
            case "split_type": types = try reader.integers()
            case "categories": categories = try reader.integers()
            case "categories_nodes": categoryNodes = try reader.integers()
            case "categories_segments": categorySegments = try reader.integers()
            case "categories_sizes": categorySizes = try reader.integers()
            case "tree_param": leafWidth = try Self.leafWidth(&reader)
            default: try reader.skipValue()
            }
        }
    }

    private static func leafWidth(_ reader: inout JSONReader) throws(JSONError) -> Int {
        var width = 1
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "size_leaf_vector": width = Int(try reader.string()) ?? 1
            default: try reader.skipValue()
            }
        }
        return width
    }

    /// The tree of doubles that goes the same ways; leaves are times `weight`.
    ///
    /// Throws where its sets of categories have more than `wordsLeft` words, and takes them off otherwise.
    func decisionTree(
        weight: Double, wordsLeft: inout Int
    ) throws(XGBoostFault) -> DecisionTree {
        try check()
        let sets = try categorySets(wordsLeft: &wordsLeft)
        var tree = DecisionTree(splits: [], leaves: [])
        // Numbers among splits or among leaves, by node.
        var numbers: [Int] = []
        for node in lefts.indices {
            numbers.append(isLeaf(node) ? tree.leaves.count : tree.splits.count)
            if isLeaf(node) {
                let value = Double(Float(conditions[node]) * Float(weight))
                tree.leaves.append(.init(value: value, cover: hessians[node]))
            } else {
                tree.splits.append(placeholder)
            }
        }
        for node in lefts.indices where !isLeaf(node) {
            tree.splits[numbers[node]] = try split(node, numbers, sets)
        }
        // What is left of a tree that was pruned to its root need not be read.
        return isLeaf(0) ? DecisionTree(splits: [], leaves: [tree.leaves[0]]) : tree
    }

    private var placeholder: DecisionTree.Split {
        DecisionTree.Split(
            feature: 0, rule: .isIn([]), missingGoesLeft: false, left: .leaf(0), right: .leaf(0),
            gain: 0, cover: 0)
    }

    private func isLeaf(_ node: Int) -> Bool { lefts[node] == -1 }

    private func split(
        _ node: Int, _ numbers: [Int], _ sets: [Int: [UInt32]]
    ) throws(XGBoostFault) -> DecisionTree.Split {
        let left = try child(lefts[node], numbers)
        let right = try child(rights[node], numbers)
        let missingGoesLeft = defaults[node] != 0
        guard !types.isEmpty, types[node] == 1 else {
            // Its question is "less than": among floats that is "at most the one below".
            let threshold = Double(Float(conditions[node]).nextDown)
            return DecisionTree.Split(
                feature: features[node], rule: .atMost(threshold, missing: .nan),
                missingGoesLeft: missingGoesLeft, left: left, right: right, gain: gains[node],
                cover: hessians[node])
        }
        // Its categories go right, ours left.
        guard let set = sets[node] else {
            throw .unsuitable("node \(node) is categorical and has no categories")
        }
        return DecisionTree.Split(
            feature: features[node], rule: .isIn(set), missingGoesLeft: !missingGoesLeft,
            left: right, right: left, gain: gains[node], cover: hessians[node])
    }

    private func child(_ node: Int, _ numbers: [Int]) throws(XGBoostFault) -> TreeChild {
        guard numbers.indices.contains(node), node > 0 else {
            throw .unsuitable("a child is node \(node), which there is not")
        }
        return isLeaf(node) ? .leaf(numbers[node]) : .split(numbers[node])
    }

    private func check() throws(XGBoostFault) {
        guard leafWidth <= 1 else { throw .unsuitable("its leaves have several values") }
        guard !lefts.isEmpty else { throw .missing("left_children") }
        let counts = [
            ("right_children", rights.count), ("split_indices", features.count),
            ("split_conditions", conditions.count), ("default_left", defaults.count),
            ("sum_hessian", hessians.count), ("loss_changes", gains.count),
        ]
        for (name, count) in counts where count != lefts.count {
            throw .wrongCount(name, found: count, wanted: lefts.count)
        }
        guard types.isEmpty || types.count == lefts.count else {
            throw .wrongCount("split_type", found: types.count, wanted: lefts.count)
        }
    }

    private func categorySets(wordsLeft: inout Int) throws(XGBoostFault) -> [Int: [UInt32]] {
        guard categorySegments.count == categoryNodes.count else {
            throw .wrongCount(
                "categories_segments", found: categorySegments.count, wanted: categoryNodes.count)
        }
        guard categorySizes.count == categoryNodes.count else {
            throw .wrongCount(
                "categories_sizes", found: categorySizes.count, wanted: categoryNodes.count)
        }
        var sets: [Int: [UInt32]] = [:]
        var start = 0
        for (i, node) in categoryNodes.enumerated() {
            guard types.indices.contains(node), types[node] == 1, sets[node] == nil else {
                throw .unsuitable(
                    "categories_nodes must name nodes whose split_type is 1, each once")
            }
            let size = categorySizes[i]
            guard categorySegments[i] == start, size >= 0, size <= categories.count - start else {
                throw .unsuitable(
                    "categories_segments must follow one another within categories")
            }
            let set = try bits(categories[start..<start + size])
            guard set.count <= wordsLeft else {
                throw .unsuitable("the sets of categories are too large: number them from 0")
            }
            wordsLeft -= set.count
            sets[node] = set
            start += size
        }
        return sets
    }

    private func bits(_ members: ArraySlice<Int>) throws(XGBoostFault) -> [UInt32] {
        guard members.allSatisfy({ (0..<DecisionTree.greatestCategoryCount).contains($0) }) else {
            throw .unsuitable("categories must be in 0..<65536")
        }
        var words = [UInt32](repeating: 0, count: (members.max() ?? -1) / 32 + 1)
        for member in members { words[member / 32] |= 1 << UInt32(member % 32) }
        return words
    }
}

extension JSONReader {
    mutating func doubles() throws(JSONError) -> [Double] {
        var values: [Double] = []
        try beginArray()
        while try nextElement() { values.append(try double()) }
        return values
    }

    /// A list of integers; some versions write truth values.
    mutating func integers() throws(JSONError) -> [Int] {
        var values: [Int] = []
        try beginArray()
        while try nextElement() {
            values.append(peek() == .boolean ? (try boolean() ? 1 : 0) : try integer())
        }
        return values
    }
}
