// A supervised model of fastText, used where its file lies.

package import Numerics

/// Gives what fastText's own `predict` gives: the same labels in the same order, the same probabilities.
///
/// The bits are those of fastText compiled for x86-64 as such, as its Python packages are. Compiled for one's
/// own processor it fuses multiplications with additions, and differs from them and from this by up to
/// 5e-7, on 3,020 texts nowhere in the order of labels.
///
/// Models of all losses, with n-grams of words and of characters, quantized or not, pruned or not.
/// Immutable and shared freely. The input matrix stays in the file; the output matrix, usually small, is
/// copied, and the dictionary's strings are hashed when it is opened.
package struct FastTextModel: Sendable {
    /// The most bytes of a file that is opened.
    package static let mostBytes = 2 << 30
    /// The most bytes of a text that are read, if its rows have no more numbers than `mostNumbers`: half a
    /// hundred pages of it would stop an event loop.
    package static let longestText = 16_384
    /// So many are added up in some hundredths of a second.
    private static let mostNumbers = 1 << 26

    let memory: Memory
    private let settings: FastTextSettings
    private let dictionary: FastTextDictionary
    private let input: FastTextMatrix
    private let output: FastTextOutput

    package struct Scratch: ~Copyable {
        var rows: [UInt32] = []
        var hashes: [Int32] = []
        var hidden: [Float] = []
        var output = FastTextOutput.Scratch()

        package init() {}
    }

    /// Opens a file, `.bin` or `.ftz`; `memory` is all of it.
    package init(_ memory: Memory) throws(FastTextError) {
        guard memory.count <= Self.mostBytes else {
            throw .unsuitable("it has more than \(Self.mostBytes >> 30) GiB")
        }
        self.memory = memory
        var reader = FastTextReader(memory)
        settings = try FastTextSettings(&reader)
        dictionary = try FastTextDictionary(&reader, settings)
        let isQuantized = try reader.flag("the flag of quantization")
        guard isQuantized || !dictionary.isPruned else {
            throw .unsuitable("n-grams are pruned, but nothing is quantized")
        }
        input = try FastTextMatrix(
            &reader, "the input matrix", width: settings.dimension, isQuantized: isQuantized)
        let isOutputQuantized = try reader.flag("the flag of quantized outputs")
        let output = try FastTextMatrix(
            &reader, "the output matrix", width: settings.dimension,
            isQuantized: isQuantized && isOutputQuantized)
        guard input.count >= dictionary.rowCount else {
            throw .unsuitable("the input matrix is short")
        }
        // Codes unfold to floats: a small file must not fill the memory.
        guard dictionary.labels.count <= 16 * memory.count / settings.dimension else {
            throw .unsuitable("the output matrix is larger than its codes tell")
        }
        guard output.count == dictionary.labels.count, reader.bytesLeft == 0 else {
            throw .unsuitable("the output matrix has another number of rows than there are labels")
        }
        self.output = try FastTextOutput(output, settings, labelCounts: dictionary.labelCounts)
    }

    /// Whether a file begins as fastText's do.
    package static func isOne(_ file: RawSpan) -> Bool {
        guard file.byteCount >= 4 else { return false }
        let magic = file.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt32.self)
        return UInt32(littleEndian: magic) == FastTextSettings.magic
    }

    /// Refuses weights that are no numbers or too large to be added up; reads the whole file.
    package func checkWeights() throws(FastTextError) {
        guard input.isBounded, output.isBounded else {
            throw .unsuitable("a weight is no number, or beyond all measure")
        }
    }

    /// The labels without their prefix, where all have it; the most frequent first.
    package var labels: [String] { dictionary.labels }

    /// The most bytes that are read of a text, and of one that is being typed: a quarter of it.
    package var longestText: Int {
        let numbers = settings.dimension * settings.mostRowsPerByte
        return max(min(Self.longestText, Self.mostNumbers / numbers), 256)
    }

    /// About how many numbers are multiplied for the labels of a text.
    var labelCost: Int { output.cost }

    /// Refuses a model whose labels take longer than a loop can stand still: so many numbers take some 3 ms.
    package func checkCost() throws(FastTextError) {
        guard labelCost <= 1 << 23 else { throw .slow(labels: labels.count) }
    }

    /// Gives the likeliest labels of a text, at most `count`, the likeliest first.
    ///
    /// It is read as one line, up to `longestText` bytes of it. A text of which the model knows nothing has no
    /// labels. Probabilities may exceed 1 by some 1e-5, as fastText's do.
    package func predict(
        _ text: Span<UInt8>, count: Int, scratch: inout Scratch
    ) -> [(label: Int, probability: Float)] {
        rank(text, count: count, scratch: &scratch)
        return scratch.output.best.map { ($0.label, $0.probability) }
    }

    /// The same, into `scratch.output.best`.
    func rank(
        _ text: Span<UInt8>, isTyped: Bool = false, count: Int, scratch: inout Scratch
    ) {
        precondition(count > 0)
        let line = text.extracting(first: isTyped ? longestText / 4 : longestText)
        dictionary.read(line, rows: &scratch.rows, hashes: &scratch.hashes)
        scratch.output.best.removeAll(keepingCapacity: true)
        guard !scratch.rows.isEmpty else { return }
        average(scratch.rows, into: &scratch.hidden)
        let hidden = scratch.hidden
        output.rank(hidden.span, count: count, scratch: &scratch.output)
    }

    /// The probability of a label in the text that was ranked last; 0 where it is left out.
    func probability(of label: Int, _ scratch: borrowing Scratch) -> Float {
        guard !scratch.rows.isEmpty else { return 0 }
        return output.probability(of: label, scratch.hidden.span, scratch.output)
    }

    private func average(_ rows: [UInt32], into hidden: inout [Float]) {
        if hidden.count != settings.dimension {
            hidden = Array(repeating: 0, count: settings.dimension)
        }
        var mean = hidden.mutableSpan
        input.average(rows.span, into: &mean)
    }
}
