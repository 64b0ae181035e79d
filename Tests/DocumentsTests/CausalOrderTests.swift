import Documents
import Testing

@Suite struct CausalOrderTests {
    @Test func `edits of one agent stay what they are`() throws {
        var order = CausalOrder(agents: 1)
        let typed = Operation(replacing: 0..<0, with: "abc")
        let cut = Operation(replacing: 1..<2, with: "X")
        #expect(try order.append(typed, agent: 0, parents: []) == (0, typed))
        #expect(try order.append(cut, agent: 0, parents: [0]) == (1, cut))
    }

    @Test func `an edit is moved over what its base has and its author did not know`() throws {
        var order = CausalOrder(agents: 2)
        let first = Operation(replacing: 0..<0, with: "ab")
        _ = try order.append(first, agent: 0, parents: [])
        _ = try order.append(Operation(replacing: 0..<0, with: "XY"), agent: 1, parents: [0])
        // Knows "ab" only, and continues from edit 2, before which stands edit 1.
        _ = try order.append(Operation(replacing: 2..<2, with: "c"), agent: 0, parents: [0])
        let (base, moved) = try order.append(
            Operation(replacing: 3..<3, with: "d"), agent: 0, parents: [2])
        #expect(base == 3 && moved == Operation(replacing: 5..<5, with: "d"))
    }

    @Test func `what was deleted meanwhile is not deleted again`() throws {
        var order = CausalOrder(agents: 2)
        _ = try order.append(Operation(replacing: 0..<0, with: "abc"), agent: 0, parents: [])
        _ = try order.append(Operation(replacing: 1..<2, with: ""), agent: 1, parents: [0])
        _ = try order.append(Operation(replacing: 0..<0, with: "x"), agent: 0, parents: [0])
        let (base, moved) = try order.append(
            Operation(replacing: 1..<4, with: ""), agent: 0, parents: [2])
        #expect(base == 3 && moved == Operation(replacing: 1..<3, with: ""))
    }

    @Test func `what cannot be is said by name`() throws {
        var order = CausalOrder(agents: 1)
        let nothing = Operation()
        _ = try order.append(nothing, agent: 0, parents: [])
        #expect(throws: CausalOrderError.unknownAgent(1)) {
            try order.append(nothing, agent: 1, parents: [])
        }
        #expect(throws: CausalOrderError.unknownParent(1)) {
            try order.append(nothing, agent: 0, parents: [1])
        }
        #expect(throws: CausalOrderError.notInLine(agent: 0)) {
            try order.append(nothing, agent: 0, parents: [])
        }
        #expect(throws: CausalOrderError.outsideText(offset: 1, length: 0)) {
            try order.append(Operation(replacing: 0..<1, with: ""), agent: 0, parents: [0])
        }
    }
}
