import NLU
import Numerics
import Testing

@Suite struct FinishedWordsTests {
    @Test(arguments: UInt64(0)..<40)
    func `edit by edit the answers are those to the whole text, bit for bit`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var known = KnownText()
        var scratch = IntentModel.Scratch()
        var (kept, anew) = (IntentPrediction(), IntentPrediction())
        var text = Array(Toy.randomText(using: &random))
        for _ in 0..<60 {
            edit(&text, using: &random)
            let bytes = Array(String(text).utf8)
            Toy.model.answer(
                bytes.span, .whole, ranking: 3, after: &known, scratch: &scratch, into: &kept)
            var fresh = IntentModel.Scratch()
            Toy.model.answer(bytes.span, .whole, ranking: 3, scratch: &fresh, into: &anew)
            #expect(kept == anew)
        }
    }

    /// Types at the end mostly; sometimes deletes, and sometimes changes any place.
    private func edit(_ text: inout [Character], using random: inout SplitMix64) {
        let end = Int.random(in: 0..<10, using: &random) > 0
        let place = end ? text.count : Int.random(in: 0...text.count, using: &random)
        if place > 0, Int.random(in: 0..<3, using: &random) == 0 {
            let count = Int.random(in: 1...min(place, 6), using: &random)
            text.removeSubrange(place - count..<place)
        } else if let typed = Array("aelmrst  '.é東").randomElement(using: &random) {
            text.insert(typed, at: place)
        }
    }
}
