// A tag model, isolated on the executor that it is given.

internal import NLU

/// Tags the blocks of one batch at a time; on the loop, like `IntentWorker`.
actor TagWorker {
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private nonisolated let executor: any SerialExecutor
    private let model: TagModel
    private var scratch = TagModel.Scratch()

    init(_ model: TagModel, executor: any SerialExecutor) {
        self.model = model
        self.executor = executor
    }

    /// The tags of one text: approved or not.
    func tags(of text: [UInt8]) -> [TagPrediction] {
        model.answer(text.span, scratch: &scratch)
    }

    /// Takes the logit of the likeliest of the tags apart that may be shown; nil where there is none.
    func explain(_ text: String, approved: ApprovedTags) -> Explanation? {
        model.explain(text, approved: approved, scratch: &scratch)
    }

    /// The tags of each text, a range of `bytes`, in UTF-8: approved or not.
    func tags(of texts: [Range<Int>], in bytes: [UInt8]) -> [[TagPrediction]] {
        texts.map { text in
            let bytes = bytes.span.extracting(text)
            return model.answer(bytes, scratch: &scratch)
        }
    }
}
