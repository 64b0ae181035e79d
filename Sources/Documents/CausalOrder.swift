// Turns edits that were made without a server into edits for one.

/// Brings the edits of a causal graph into one order, with a base revision each.
///
/// Where editors merge as they please, an edit fits the merge of the edits it knows, its *closure*. A
/// document knows only revisions. Edit i becomes revision i + 1, so that the base of an edit is the
/// newest revision in its closure; but that revision may also hold edits that the author did not
/// know, and over these the edit has to be moved. (Over what came after its base the document
/// rebases it itself.)
///
/// For this every unit that was ever inserted is kept, in order, also when it is deleted, and the
/// sequence is shown as of any version: the author's, to find the place of the edit; the base's, to
/// say where that place is. What is inserted stands directly behind its left neighbour in the author's
/// version, and so to the left of what others inserted there before.
///
/// The edits of one agent must follow one another: each has the one before in its closure.
///
/// Source of showing a version by toggling the edits on the way to it: Gentle and Kleppmann,
/// "Collaborative Text Editing with Eg-walker", EuroSys 2025.
package struct CausalOrder: Sendable {
    /// For each agent, how many of its edits are known.
    private typealias Version = [Int]

    private struct Unit: Measured {
        var isInserted = false
        var deletions: UInt16 = 0
        var length: Int { isInserted && deletions == 0 ? 1 : 0 }
    }

    private struct Effect: Sendable {
        var inserted: Range<OrderTree<Unit>.Slot>
        var deleted: [OrderTree<Unit>.Slot]
        /// The closure, with the edit itself.
        var version: Version
        /// All edits up to this one.
        var prefix: Version
    }

    private var units = OrderTree<Unit>()
    private var effects: [Effect] = []
    /// The edits of each agent.
    private var edits: [[Int]]
    /// What `units` shows now.
    private var shown: Version

    package init(agents: Int) {
        edits = Array(repeating: [], count: agents)
        shown = Array(repeating: 0, count: agents)
    }

    /// Takes the next edit, which was made by `agent` on the merge of `parents`, earlier edits by number.
    package mutating func append(
        _ operation: Operation, agent: Int, parents: [Int]
    ) throws(CausalOrderError) -> (base: Int, operation: Operation) {
        guard edits.indices.contains(agent) else { throw .unknownAgent(agent) }
        var version = Array(repeating: 0, count: edits.count)
        for parent in parents {
            guard effects.indices.contains(parent) else { throw .unknownParent(parent) }
            version.formMaximum(effects[parent].version)
        }
        guard version[agent] == edits[agent].count else { throw .notInLine(agent: agent) }
        let base = zip(edits, version).reduce(0) { base, known in
            known.1 == 0 ? base : max(base, known.0[known.1 - 1] + 1)
        }
        show(version)
        guard operation.baseLength <= units.length else {
            throw .outsideText(offset: operation.baseLength, length: units.length)
        }
        let marks = place(operation)
        if base > 0 { show(effects[base - 1].prefix) }
        let moved = read(marks)
        note(marks, agent: agent, version: version)
        return (base, moved)
    }

    /// A splice in terms of units instead of offsets.
    private struct Mark {
        var inserted: String
        var slots: Range<OrderTree<Unit>.Slot>
        var deleted: [OrderTree<Unit>.Slot]
    }

    /// Finds the units that an operation speaks of, and makes the new ones, not shown yet.
    private mutating func place(_ operation: Operation) -> [Mark] {
        var marks: [Mark] = []
        var offset = 0
        for splice in operation.splices {
            offset += splice.retained
            let deleted = (offset..<offset + splice.deleted).map { units.find($0).slot }
            var left = offset == 0 ? 0 : units.find(offset - 1).slot
            let first = OrderTree<Unit>.Slot(max(units.nodes.count, 1))
            for _ in 0..<splice.insertedLength { left = units.insert(Unit(), after: left) }
            let slots = first..<first + OrderTree<Unit>.Slot(splice.insertedLength)
            marks.append(Mark(inserted: splice.inserted, slots: slots, deleted: deleted))
            offset += splice.deleted
        }
        return marks
    }

    /// Says what the marks do to the version that is shown.
    private func read(_ marks: [Mark]) -> Operation {
        var builder = Operation.Builder()
        var offset = 0
        for mark in marks {
            if !mark.slots.isEmpty {
                let start = units.start(of: mark.slots.lowerBound)
                builder.retain(start - offset)
                builder.insert(mark.inserted, length: mark.slots.count)
                offset = start
            }
            for slot in mark.deleted where units[slot].length == 1 {
                let start = units.start(of: slot)
                builder.retain(start - offset)
                builder.delete(1)
                offset = start + 1
            }
        }
        return builder.operation
    }

    private mutating func note(_ marks: [Mark], agent: Int, version: Version) {
        let number = effects.count
        var (own, prefix) = (version, effects.last?.prefix ?? version)
        own[agent] += 1
        prefix[agent] += 1
        let end = OrderTree<Unit>.Slot(max(units.nodes.count, 1))
        effects.append(
            Effect(
                inserted: (marks.first { !$0.slots.isEmpty }?.slots.lowerBound ?? end)..<end,
                deleted: marks.flatMap(\.deleted), version: own, prefix: prefix))
        edits[agent].append(number)
    }

    /// Shows the sequence as of a version.
    private mutating func show(_ version: Version) {
        for agent in edits.indices {
            while shown[agent] < version[agent] {
                toggle(edits[agent][shown[agent]], isDone: true)
                shown[agent] += 1
            }
            while shown[agent] > version[agent] {
                shown[agent] -= 1
                toggle(edits[agent][shown[agent]], isDone: false)
            }
        }
    }

    private mutating func toggle(_ number: Int, isDone: Bool) {
        let effect = effects[number]
        for slot in effect.inserted { units[slot].isInserted = isDone }
        for slot in effect.deleted {
            if isDone { units[slot].deletions += 1 } else { units[slot].deletions -= 1 }
        }
    }
}

/// Why an edit cannot follow those before it.
package enum CausalOrderError: Error, Equatable {
    case unknownAgent(Int)
    case unknownParent(Int)
    /// The edit does not know of its author's last one.
    case notInLine(agent: Int)
    case outsideText(offset: Int, length: Int)
}

extension [Int] {
    fileprivate mutating func formMaximum(_ other: [Int]) {
        for index in indices { self[index] = Swift.max(self[index], other[index]) }
    }
}
