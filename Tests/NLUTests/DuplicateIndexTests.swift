import NLU
import Numerics
import Testing

@Suite struct DuplicateIndexTests {
    private typealias Place = DuplicateIndex.Place

    private func place(_ number: Int) -> Place {
        Place(document: "w/d\(number / 10)", block: UInt32(number % 10 + 1))
    }

    private func fingerprint(_ text: String) -> Fingerprint {
        var fingerprinter = Fingerprinter()
        let bytes = Array(text.utf8)
        return fingerprinter.fingerprint(of: bytes.span)
    }

    /// Texts of a few originals and copies of them, more and less alike.
    private func texts(seed: UInt64, count: Int = 200) -> [String] {
        var random = SplitMix64(seed: seed)
        var texts: [[Int]] = []
        for i in 0..<count {
            if i % 4 == 0 || texts.isEmpty {
                let length = Int.random(in: 2...30, using: &random)
                texts.append((0..<length).map { _ in .random(in: 0..<3000, using: &random) })
            } else {
                var copy = texts[Int.random(in: texts.indices, using: &random)]
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    copy[Int.random(in: copy.indices, using: &random)] = .random(
                        in: 0..<3000, using: &random)
                }
                texts.append(copy)
            }
        }
        return texts.map { $0.map { "w\($0)" }.joined(separator: " ") }
    }

    private func index(_ texts: [String], order: [Int]? = nil) -> DuplicateIndex {
        var index = DuplicateIndex()
        for i in order ?? Array(texts.indices) { index.put(fingerprint(texts[i]), at: place(i)) }
        return index
    }

    /// All pairs, compared one by one.
    private func pairs(_ prints: [Fingerprint], _ i: Int) -> [DuplicateIndex.Match] {
        let settings = DuplicateSettings()
        guard prints[i].wordCount >= settings.fewestWords else { return [] }
        return prints.indices.compactMap { j in
            guard i != j, prints[j].wordCount >= settings.fewestWords else { return nil }
            let isExact = prints[i].equals(prints[j])
            let similarity = isExact ? 1 : prints[i].similarity(to: prints[j])
            let isLong = min(prints[i].wordCount, prints[j].wordCount) >= settings.fewestNearWords
            guard isExact || isLong && similarity >= settings.similarity else { return nil }
            return .init(place: place(j), similarity: similarity, isExact: isExact)
        }
    }

    @Test func `what is found is right, and as much is found as the bands promise`() {
        var (found, expected, promised) = (0, 0, 0.0)
        for seed in UInt64(0)..<4 {
            let texts = texts(seed: seed)
            let prints = texts.map(fingerprint)
            var index = index(texts)
            for i in texts.indices {
                let all = pairs(prints, i)
                let matches = index.matches(of: place(i))
                #expect(matches.allSatisfy(all.contains), "seed \(seed), text \(i)")
                found += matches.count
                expected += all.count
                promised += all.reduce(0) {
                    $0 + ($1.isExact ? 1 : DuplicateIndex.recall(of: Double($1.similarity)))
                }
            }
        }
        #expect(expected > 500)
        // Three standard deviations of so many coins at the worst.
        #expect(Double(found) >= promised - 3 * (Double(expected) * 0.01).squareRoot())
    }

    @Test(arguments: UInt64(0)..<4)
    func `the order in which texts come changes no answer`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let texts = texts(seed: seed)
        var (first, second) = (
            index(texts), index(texts, order: texts.indices.shuffled(using: &random))
        )
        for i in texts.indices {
            #expect(first.matches(of: place(i)) == second.matches(of: place(i)))
        }
    }

    @Test(arguments: UInt64(0)..<4)
    func `removing undoes putting`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (texts, others) = (texts(seed: seed), self.texts(seed: seed + 100))
        var untouched = index(texts)
        var index = index(texts)
        for i in others.indices.shuffled(using: &random) {
            index.put(fingerprint(others[i]), at: place(1000 + i))
        }
        for i in others.indices.shuffled(using: &random) { index.remove(place(1000 + i)) }
        #expect(index.count == untouched.count)
        for i in texts.indices {
            #expect(index.matches(of: place(i)) == untouched.matches(of: place(i)))
        }
        for i in texts.indices { index.remove(place(i)) }
        #expect(index.count == 0)
        #expect(index.matches(of: fingerprint(texts[4])).isEmpty)
    }

    @Test func `another text at a place takes the place of the one before`() {
        var index = DuplicateIndex()
        let (old, new) = (
            fingerprint("the meeting is on friday at ten"), fingerprint("please bring the contract")
        )
        index.put(old, at: place(1))
        index.put(new, at: place(1))
        #expect(index.matches(of: old).isEmpty)
        #expect(index.matches(of: new).map(\.place) == [place(1)])
        #expect(index.count == 1)
    }

    @Test func `short texts have exact duplicates, very short ones none`() {
        var index = DuplicateIndex()
        let texts = [
            "thank you", "see you tomorrow", "see you tomorrow then", "see you on monday then",
        ]
        for (i, text) in texts.enumerated() { index.put(fingerprint(text), at: place(i)) }
        #expect(index.count == 3)
        #expect(index.matches(of: fingerprint("Thank you!")).isEmpty)
        #expect(
            index.matches(of: fingerprint("See you tomorrow.")) == [
                .init(place: place(1), similarity: 1, isExact: true)
            ])
    }

    @Test func `the best comes first, and equal ones in the order of their names`() {
        var index = DuplicateIndex()
        let text = "could you please send me the figures of the last quarter before friday evening"
        let near = text.replacing("evening", with: "noon")
        index.put(fingerprint(near), at: Place(document: "w/a", block: 7))
        index.put(fingerprint(text), at: Place(document: "w/c", block: 1))
        index.put(fingerprint(text), at: Place(document: "w/b", block: 9))
        index.put(fingerprint(text), at: Place(document: "w/b", block: nil))
        let matches = index.matches(of: fingerprint(text))
        #expect(
            matches.map(\.place) == [
                Place(document: "w/b", block: nil), Place(document: "w/b", block: 9),
                Place(document: "w/c", block: 1), Place(document: "w/a", block: 7),
            ])
        #expect(matches.map(\.isExact) == [true, true, true, false])
        #expect(matches[3].similarity >= 0.6 && matches[3].similarity < 1)
    }

    @Test func `past the capacity the text that came first is forgotten`() {
        var settings = DuplicateSettings()
        settings.capacity = 3
        var index = DuplicateIndex(settings: settings)
        let texts = (0..<5).map { fingerprint("this is the text number \($0)") }
        let evicted = texts.indices.map { index.put(texts[$0], at: place($0)) }
        #expect(evicted == [nil, nil, nil, place(0), place(1)])
        #expect(index.count == 3)
        #expect(!index.matches(of: texts[2]).contains { $0.place == place(1) })
        // Put anew, a place is the youngest.
        index.put(fingerprint("this is quite another text"), at: place(2))
        #expect(index.put(texts[0], at: place(0)) == place(3))
    }

    @Test func `a document as a whole is its blocks in whatever order`() {
        var index = DuplicateIndex()
        let lines = texts(seed: 9).filter { $0.split(separator: " ").count > 5 }.prefix(60)
        for (document, lines) in [("w/a", Array(lines)), ("w/b", lines.reversed())] {
            for (i, line) in lines.enumerated() {
                index.put(
                    fingerprint(line), at: Place(document: document, block: UInt32(i + 1)))
            }
        }
        #expect(index.whole("w/a") == index.whole("w/b"))
        #expect(index.whole("w/none") == nil)
        index.put(
            fingerprint("one more line that stands in one of both"),
            at: Place(document: "w/b", block: 99))
        let (a, b) = (index.whole("w/a"), index.whole("w/b"))
        #expect(a != b)
        if let a, let b { #expect(a.similarity(to: b) > 0.9 && !a.equals(b)) }
        for place in index.places(in: "w/b").dropFirst() { index.remove(place) }
        #expect(index.whole("w/b") == nil)
    }

    @Test func `a text that stands everywhere is answered by as many places as are asked for`() {
        var index = DuplicateIndex()
        let text = fingerprint("with kind regards from all of us")
        for i in 0..<500 { index.put(text, at: place(i)) }
        let matches = index.matches(of: place(3))
        #expect(matches.count == DuplicateSettings().matches)
        #expect(!matches.contains { $0.place == place(3) })
    }
}
