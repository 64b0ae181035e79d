import Numerics
import Ranking
import Testing

@Suite struct OnlineTallyTests {
    private func values(_ tally: OnlineTally) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: tally.values(of: OnlineMetric.standard).map { $0 })
    }

    @Test func `nothing seen is no metric`() {
        #expect(values(OnlineTally()).isEmpty)
    }

    @Test func `the standard metrics are what they are said to be`() throws {
        var tally = OnlineTally()
        #expect(tally.saw("r1", items: 4) == (1, 4))
        #expect(tally.saw("r2", items: 1) == (1, 1))
        let clicked = tally.did(.click, with: "a", at: 0, of: "r1")
        let accepted = tally.did(.accept, with: "a", at: 0, of: "r1")
        let other = tally.did(.accept, with: "b", at: 2, of: "r1")
        let dismissed = tally.did(.dismiss, with: "c", at: 1, of: "r2")
        #expect(clicked && accepted && other && dismissed)
        // One of two lists; two of five items; places 1 and 3 gain 1 and 1/2.
        #expect(values(tally) == ["ctr": 0.5, "acceptance": 0.4, "dcg": 0.75])
        #expect(tally.count("dismiss") == 1 && tally.count("impression") == 5)
    }

    @Test func `what comes twice counts once`() {
        var tally = OnlineTally()
        tally.saw("r", items: 3)
        tally.did(.click, with: "a", at: 0, of: "r")
        let once = tally
        #expect(tally.saw("r", items: 3) == (0, 0))
        #expect(tally.saw("r", item: "a") == (0, 0))
        let again = tally.did(.click, with: "a", at: 0, of: "r")
        let impression = tally.did(.impression, with: "a", at: 0, of: "r")
        #expect(!again && !impression && tally == once)
    }

    @Test func `items seen one by one count as the list does`() {
        var tally = OnlineTally()
        #expect(tally.saw("r", item: "a") == (1, 1))
        #expect(tally.saw("r", item: "a") == (0, 0))
        #expect(tally.saw("r", item: "b") == (0, 1))
        #expect(tally.saw("r", items: 5) == (0, 3))
        #expect(tally.count("list") == 1 && tally.count("impression") == 5)
    }

    @Test func `undo takes back all that was done with the item, and only once`() {
        var tally = OnlineTally()
        tally.saw("r", items: 3)
        tally.did(.click, with: "b", at: 1, of: "r")
        let before = (tally.count("hit"), tally.count("dcg"))
        tally.did(.accept, with: "a", at: 0, of: "r")
        tally.did("copy", with: "a", at: 0, of: "r")
        let undone = tally.did(.undo, with: "a", at: 0, of: "r")
        let twice = tally.did(.undo, with: "a", at: 0, of: "r")
        #expect(undone && !twice)
        #expect(tally.count("accept") == 0 && tally.count("copy") == 0)
        #expect((tally.count("hit"), tally.count("dcg")) == before)
        #expect(tally.count("undo") == 1 && tally.count("click") == 1)
        let acceptedAgain = tally.did(.accept, with: "a", at: 0, of: "r")
        #expect(acceptedAgain && tally.count("accept") == 1)
    }

    @Test(arguments: UInt64(0)..<30)
    func `counts are those of what was not undone, in any order of the lists`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var tally = OnlineTally()
        var left: [String: Set<String>] = [:]
        let actions: [Action] = ["click", "accept", "copy", "undo"]
        for _ in 0..<200 {
            let (list, place) = ("r\(random.next() % 5)", Int(random.next() % 4))
            let action = actions[Int(random.next() % 4)]
            tally.saw(list, items: 4)
            tally.did(action, with: "i\(place)", at: place, of: list)
            let key = "\(list) \(place)"
            if action == .undo {
                left[key] = []
            } else {
                left[key, default: []].insert(action.rawValue)
            }
        }
        for action in ["click", "accept", "copy"] {
            let count = left.values.count { $0.contains(action) }
            #expect(tally.count(action) == Double(count))
        }
        let hits = left.filter { !$0.value.isDisjoint(with: ["click", "accept"]) }
        #expect(tally.count("hit") == Double(Set(hits.keys.map { $0.prefix(2) }).count))
        let gains = [1, 0.630_929_753_571_457_4, 0.5, 0.430_676_558_073_393]
        let gain = hits.keys.reduce(0) { $0 + gains[Int($1.suffix(1)) ?? 0] }
        #expect(abs(tally.count("dcg") - gain) < 1e-12)
    }

    @Test func `a list that was forgotten counts anew`() {
        var tally = OnlineTally(capacity: 2)
        for list in ["a", "b", "c", "a"] { tally.saw(list, items: 1) }
        #expect(tally.count("list") == 4)
        #expect(tally.saw("c", items: 1) == (0, 0))
    }
}
