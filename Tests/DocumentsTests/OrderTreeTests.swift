import Numerics
import Testing

@testable import Documents

private struct Item: Measured, Equatable {
    var name = 0
    var length = 0
}

@Suite struct OrderTreeTests {
    @Test(arguments: UInt64(0)..<30)
    func `a tree agrees with an array and stays balanced`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var array = (0..<Int.random(in: 0...20, using: &random)).map {
            Item(name: $0, length: $0 % 4)
        }
        var tree = OrderTree(array)
        for step in 0..<300 {
            let index = array.isEmpty ? 0 : Int.random(in: 0..<array.count, using: &random)
            // Growing and shrinking in turns.
            if array.isEmpty || Int.random(in: 0..<10, using: &random) < (step / 100 == 1 ? 2 : 7) {
                let item = Item(name: 1000 + step, length: Int.random(in: 0...3, using: &random))
                tree.insert(item, after: index == 0 ? 0 : tree.slots[index - 1])
                array.insert(item, at: index)
            } else if Bool.random(using: &random) {
                tree.remove(tree.slots[index])
                array.remove(at: index)
            } else {
                array[index].length = Int.random(in: 0...9, using: &random)
                tree[tree.slots[index]] = array[index]
            }
            #expect(tree.slots.map { tree[$0] } == array)
            #expect(tree.isSound)
        }
        expectSamePlaces(tree, array)
    }

    private func expectSamePlaces(_ tree: OrderTree<Item>, _ array: [Item]) {
        #expect(tree.count == array.count)
        #expect(tree.length == array.reduce(0) { $0 + $1.length })
        var start = 0
        for (slot, item) in zip(tree.slots, array) {
            #expect(tree.start(of: slot) == start)
            for offset in 0..<item.length {
                #expect(tree.find(start + offset) == (slot, offset))
            }
            start += item.length
        }
    }

    @Test func `an empty tree owns no memory`() {
        let tree = OrderTree<Item>()
        #expect(tree.nodes.capacity == 0 && tree.isEmptyAllOver)
    }
}

extension OrderTree {
    fileprivate var isEmptyAllOver: Bool { count == 0 && length == 0 && first == 0 }

    /// The slots in order, walked forwards; checked against the walk backwards.
    fileprivate var slots: [Slot] {
        var slots: [Slot] = []
        var slot = first
        while slot != 0 {
            slots.append(slot)
            slot = next(slot)
        }
        var reversed: [Slot] = []
        slot = root == 0 ? 0 : rightmost(root)
        while slot != 0 {
            reversed.append(slot)
            slot = previous(slot)
        }
        precondition(slots == reversed.reversed())
        return slots
    }

    /// Whether links, sums and weights are right everywhere.
    fileprivate var isSound: Bool {
        root == 0 || (nodes[Int(root)].parent == 0 && isSound(root))
    }

    private func isSound(_ slot: Slot) -> Bool {
        guard slot != 0 else { return nodes[0].count == 0 && nodes[0].total == 0 }
        let node = nodes[Int(slot)]
        let (left, right) = (nodes[Int(node.left)], nodes[Int(node.right)])
        return (node.left == 0 || left.parent == slot) && (node.right == 0 || right.parent == slot)
            && node.count == left.count + right.count + 1
            && Int(node.total) == Int(left.total + right.total) + node.element.length
            && left.count + 1 <= 3 * (right.count + 1) && right.count + 1 <= 3 * (left.count + 1)
            && isSound(node.left) && isSound(node.right)
    }
}
