// From the mean of a text's rows to its likeliest labels, as fastText computes it.

import Numerics

/// The output matrix with the loss that it was trained by.
///
/// Every step is rounded where fastText rounds it, and equal labels come in its order: that of the heap
/// of the C++ library of GNU. So the labels and their probabilities are the same to the last bit.
///
/// Source: Joulin et al., "Bag of Tricks for Efficient Text Classification", EACL 2017.
struct FastTextOutput: Sendable {
    private let loss: FastTextSettings.Loss
    private let dimension: Int
    private let labelCount: Int
    /// Shape (dimension, whole vectors of labels), so that labels are computed side by side; for the
    /// hierarchical softmax (nodes, dimension), as only some of the nodes are looked at.
    private let weights: [Float]
    /// What the inner product with a label's or a node's row is multiplied by.
    private let norms: [Float]
    /// Numbers of the rows of `weights`.
    private let places: [UInt32]
    private let tree: HuffmanTree?
    private let sigmoid: [Float]
    /// Whether no inner product with a row is more than a float can hold.
    let isBounded: Bool

    /// How likely a label is, as fastText compares them: the logarithm of its probability.
    struct Score {
        let value: Float
        let label: Int

        var probability: Float { Float.exp(value) }
    }

    struct Scratch: ~Copyable {
        var outputs: [Float] = []
        var best: [Score] = []
    }

    init(
        _ matrix: FastTextMatrix, _ settings: FastTextSettings, labelCounts: [Int64]
    ) throws(FastTextError) {
        loss = settings.loss
        dimension = settings.dimension
        labelCount = labelCounts.count
        let isTree = settings.loss == .hierarchicalSoftmax
        tree = isTree ? try HuffmanTree(labelCounts) : nil
        let stride = isTree ? dimension : wholeVectors(labelCount)
        var weights = [Float](
            repeating: 0, count: isTree ? labelCount * stride : dimension * stride)
        var norms: [Float] = []
        var isBounded = true
        for label in 0..<labelCount {
            let (elements, norm) = matrix.row(label, width: dimension)
            norms.append(norm)
            let isNormBounded = abs(norm) <= 1e15
            isBounded =
                isBounded && isNormBounded
                && elements.allSatisfy { abs($0) <= 1e15 && abs($0 * norm) <= 1e15 }
            for (c, element) in elements.enumerated() {
                weights[isTree ? label * stride + c : c * stride + label] = element
            }
        }
        self.weights = weights
        self.norms = norms
        self.isBounded = isBounded
        places = (0..<UInt32(dimension)).map(\.self)
        sigmoid = (0...512).map { i in
            let x = Float(i * 16) / 512 - 8
            return Float(1 / (1 + Double(Float.exp(-x))))
        }
    }

    /// About how many numbers are multiplied for a text; a label's exponential and logarithm count as 40.
    var cost: Int { (tree == nil ? labelCount : min(labelCount, 64)) * (dimension + 40) }

    /// Writes the `count` likeliest labels to `scratch.best`, the likeliest first.
    ///
    /// There may be fewer: the hierarchical softmax leaves out what is all but impossible.
    func rank(_ hidden: Span<Float>, count: Int, scratch: inout Scratch) {
        scratch.best.removeAll(keepingCapacity: true)
        if tree == nil { computeOutputs(hidden, &scratch.outputs) }
        find(hidden, count, &scratch)
        // Of equally likely ones the answer is what fastText gives where it is asked for one label.
        guard count > 1, scratch.best.count > 1, scratch.best[0].value == scratch.best[1].value
        else { return }
        let others = scratch.best
        scratch.best.removeAll(keepingCapacity: true)
        find(hidden, 1, &scratch)
        let first = scratch.best[0].label
        scratch.best.append(contentsOf: others.lazy.filter { $0.label != first }.prefix(count - 1))
    }

    /// The probability of a label in the text that was ranked last, whose mean is `hidden`; 0 where fastText
    /// leaves it out.
    func probability(
        of label: Int, _ hidden: Span<Float>, _ scratch: borrowing Scratch
    ) -> Float {
        guard let tree else {
            return Score(value: Self.logarithm(scratch.outputs[label]), label: label).probability
        }
        var score: Float = 0
        for (inner, isRight) in tree.path(to: label) {
            let (left, right) = branches(inner, hidden)
            score += Self.logarithm(isRight ? right : left)
            if score < Self.logarithm(0) { return 0 }
        }
        return Score(value: score, label: label).probability
    }

    private func find(_ hidden: Span<Float>, _ count: Int, _ scratch: inout Scratch) {
        if let tree {
            descend(tree, tree.root, 0, hidden, count, &scratch.best)
        } else {
            for label in 0..<labelCount {
                let score = Score(value: Self.logarithm(scratch.outputs[label]), label: label)
                scratch.best.keep(score, count)
            }
        }
        scratch.best.sortHeap()
    }

    private static func logarithm(_ x: Float) -> Float {
        Float(Double.log(Double(x) + 1e-5))
    }

    // MARK: All labels side by side

    /// Writes the probabilities of all labels.
    private func computeOutputs(_ hidden: Span<Float>, _ outputs: inout [Float]) {
        let stride = wholeVectors(labelCount)
        outputs.removeAll(keepingCapacity: true)
        outputs.append(contentsOf: repeatElement(0, count: stride))
        var sums = outputs.mutableSpan
        sumRows(places.span, scales: hidden, of: weights.span, stride: stride, into: &sums)
        for label in 0..<labelCount { outputs[label] *= norms[label] }
        if loss == .softmax {
            softmax(&outputs)
        } else {
            for label in 0..<labelCount { outputs[label] = tabulated(outputs[label]) }
        }
    }

    private func softmax(_ outputs: inout [Float]) {
        var greatest = outputs[0]
        for label in 0..<labelCount { greatest = max(outputs[label], greatest) }
        var sum: Float = 0
        for label in 0..<labelCount {
            outputs[label] = Float(Double.exp(Double(outputs[label] - greatest)))
            sum += outputs[label]
        }
        for label in 0..<labelCount { outputs[label] /= sum }
    }

    private func tabulated(_ x: Float) -> Float {
        guard x >= -8 else { return 0 }
        guard x <= 8 else { return 1 }
        return sigmoid[Int((x + 8) * 512 / 8 / 2)]
    }

    // MARK: Down the tree

    /// Looks for likely labels below a node, whose score is `score`.
    private func descend(
        _ tree: HuffmanTree, _ node: Int, _ score: Float, _ hidden: Span<Float>, _ count: Int,
        _ best: inout [Score]
    ) {
        if score < Self.logarithm(0) { return }
        if best.count == count, score < best[0].value { return }
        guard node >= labelCount else { return best.keep(Score(value: score, label: node), count) }
        let inner = node - labelCount
        let (left, right) = branches(inner, hidden)
        let (first, second) = tree.children[inner]
        descend(tree, first, score + Self.logarithm(left), hidden, count, &best)
        descend(tree, second, score + Self.logarithm(right), hidden, count, &best)
    }

    /// How likely either way is at an inner node.
    private func branches(_ inner: Int, _ hidden: Span<Float>) -> (left: Float, right: Float) {
        var sum: Float = 0
        for c in 0..<dimension { sum += weights[inner * dimension + c] * hidden[c] }
        let right = Float(1 / Double(1 + Float.exp(-(sum * norms[inner]))))
        return (Float(1 - Double(right)), right)
    }
}

/// A heap of the likeliest labels, the least likely first, whose equal ones stand as std::push_heap and
/// std::pop_heap of libstdc++ leave them.
extension [FastTextOutput.Score] {
    /// Adds a score; of more than `count` the least goes.
    fileprivate mutating func keep(_ score: Element, _ count: Int) {
        if self.count == count, score.value < self[0].value { return }
        append(score)
        rise(from: self.count - 1, score)
        guard self.count > count else { return }
        pop(self.count)
        removeLast()
    }

    /// Orders a heap, the likeliest first.
    fileprivate mutating func sortHeap() {
        var end = count
        while end > 1 {
            pop(end)
            end -= 1
        }
    }

    /// Moves the first of the first `end` to their end, and the heap is one less.
    private mutating func pop(_ end: Int) {
        let value = self[end - 1]
        self[end - 1] = self[0]
        sink(value, end - 1)
    }

    /// Fills the place of the first of `end`: the lesser child moves up down to a leaf, and from there
    /// `value` rises.
    private mutating func sink(_ value: Element, _ end: Int) {
        var (hole, child) = (0, 0)
        while child < (end - 1) / 2 {
            child = 2 * (child + 1)
            if self[child].value > self[child - 1].value { child -= 1 }
            self[hole] = self[child]
            hole = child
        }
        if end.isMultiple(of: 2), end >= 2, child == (end - 2) / 2 {
            child = 2 * child + 1
            self[hole] = self[child]
            hole = child
        }
        rise(from: hole, value)
    }

    /// Puts `value` at a free place, or above it.
    private mutating func rise(from place: Int, _ value: Element) {
        var hole = place
        while hole > 0, self[(hole - 1) / 2].value > value.value {
            self[hole] = self[(hole - 1) / 2]
            hole = (hole - 1) / 2
        }
        self[hole] = value
    }
}
