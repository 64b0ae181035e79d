import NLU
import Numerics
import Testing

@Suite struct DuplicateWatchTests {
    private typealias Place = DuplicateIndex.Place

    private let texts = [
        "could you please send me the figures of the last quarter before friday evening",
        "could you please send me the figures of the last quarter before friday noon",
        "could you please send us the figures of the last quarter before friday noon",
        "with kind regards from all of us", "with kind regards", "hello",
        "the server room has been too warm since the fan was replaced on monday",
        "the server room has been much too warm since the fan was replaced on monday",
    ]

    private func fingerprint(_ text: String) -> Fingerprint {
        var fingerprinter = Fingerprinter()
        let bytes = Array(text.utf8)
        return fingerprinter.fingerprint(of: bytes.span)
    }

    private func place(_ document: String, _ block: Int) -> Place {
        Place(document: document, block: UInt32(block))
    }

    @Test(arguments: UInt64(0)..<10)
    func `what was told of a watched place is what the index answers`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var settings = DuplicateSettings()
        settings.capacity = 24
        var watch = DuplicateWatch(settings: settings)
        let prints = texts.map(fingerprint)
        let documents = ["w/a", "w/b", "w/c", "w/d"]
        var known: [Place: [DuplicateIndex.Match]] = [:]
        for _ in 0..<200 {
            let document = documents[Int.random(in: 0..<4, using: &random)]
            let place = place(document, .random(in: 1...8, using: &random))
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                watch.unwatch(document)
                known = known.filter { $0.key.document != document }
            case 1:
                watch.watch(document)
                known = known.filter { $0.key.document != document }
            case 2, 3, 4: watch.remove(place)
            default:
                watch.put(prints[Int.random(in: prints.indices, using: &random)], at: place)
            }
            for change in watch.takeChanges() {
                #expect(watch.isWatched(change.place.document))
                #expect(known[change.place] ?? [] != change.matches)
                known[change.place] = change.matches
            }
            var index = watch.index
            for document in documents where watch.isWatched(document) {
                for block in 1...8 {
                    let place = self.place(document, block)
                    #expect(known[place] ?? [] == index.matches(of: place))
                    #expect(watch.list(of: place) == known[place] ?? [])
                }
            }
        }
    }

    @Test func `when one of two changes, the other is told that it has no duplicate any more`() {
        var watch = DuplicateWatch()
        watch.watch("w/a")
        watch.put(fingerprint(texts[0]), at: place("w/a", 1))
        watch.put(fingerprint(texts[1]), at: place("w/b", 1))
        let first = watch.takeChanges()
        #expect(first.map(\.place) == [place("w/a", 1)])
        #expect(first.first?.matches.map(\.place) == [place("w/b", 1)])
        watch.put(
            fingerprint("quite another text that is like none of the others"), at: place("w/b", 1))
        let second = watch.takeChanges()
        #expect(second.map(\.place) == [place("w/a", 1)])
        #expect(second.first?.matches == [])
        #expect(watch.takeChanges().isEmpty)
    }
}
