// How an order tree keeps its links, sums and balance.

extension OrderTree {
    func leftmost(_ slot: Slot) -> Slot {
        let nodes = nodes.span
        var at = slot
        while nodes[Int(at)].left != 0 { at = nodes[Int(at)].left }
        return at
    }

    func rightmost(_ slot: Slot) -> Slot {
        let nodes = nodes.span
        var at = slot
        while nodes[Int(at)].right != 0 { at = nodes[Int(at)].right }
        return at
    }

    /// Links a run of new slots to a balanced subtree; gives its root.
    mutating func link(_ slots: ClosedRange<Slot>, below parent: Slot) -> Slot {
        let middle = slots.lowerBound + (slots.upperBound - slots.lowerBound) / 2
        nodes[Int(middle)].parent = parent
        if slots.lowerBound < middle {
            nodes[Int(middle)].left = link(slots.lowerBound...middle - 1, below: middle)
        }
        if middle < slots.upperBound {
            nodes[Int(middle)].right = link(middle + 1...slots.upperBound, below: middle)
        }
        refresh(middle)
        return middle
    }

    /// Adds to the sums from `slot` up to the root.
    mutating func grow(from slot: Slot, by growth: Int32) {
        var nodes = nodes.mutableSpan
        var at = Int(slot)
        while at != 0 {
            nodes[at].total += growth
            at = Int(nodes[at].parent)
        }
    }

    /// Puts `other`, which may be 0, where the parent of `slot` has `slot`.
    mutating func replace(_ slot: Slot, by other: Slot) {
        let parent = nodes[Int(slot)].parent
        if parent == 0 {
            root = other
        } else if nodes[Int(parent)].left == slot {
            nodes[Int(parent)].left = other
        } else {
            nodes[Int(parent)].right = other
        }
        if other != 0 { nodes[Int(other)].parent = parent }
    }

    mutating func setLeft(of slot: Slot, to child: Slot) {
        nodes[Int(slot)].left = child
        if child != 0 { nodes[Int(child)].parent = slot }
    }

    mutating func setRight(of slot: Slot, to child: Slot) {
        nodes[Int(slot)].right = child
        if child != 0 { nodes[Int(child)].parent = slot }
    }

    /// Mends sums and balance from `slot` up to the root.
    mutating func rebalance(from slot: Slot) {
        var at = slot
        while at != 0 {
            refresh(at)
            let left = weight(nodes[Int(at)].left)
            let right = weight(nodes[Int(at)].right)
            if right > 3 * left {
                at = leanLeft(at)
            } else if left > 3 * right {
                at = leanRight(at)
            }
            at = nodes[Int(at)].parent
        }
    }

    private func weight(_ slot: Slot) -> Int32 { nodes[Int(slot)].count + 1 }

    private mutating func refresh(_ slot: Slot) {
        let node = nodes[Int(slot)]
        let (left, right) = (nodes[Int(node.left)], nodes[Int(node.right)])
        nodes[Int(slot)].count = left.count + right.count + 1
        nodes[Int(slot)].total = left.total + right.total + Int32(node.element.length)
    }

    /// Lightens the right side; gives the new root of the subtree.
    private mutating func leanLeft(_ slot: Slot) -> Slot {
        let right = nodes[Int(slot)].right
        let (inner, outer) = (nodes[Int(right)].left, nodes[Int(right)].right)
        if weight(inner) >= 2 * weight(outer) { rotateRight(right) }
        return rotateLeft(slot)
    }

    private mutating func leanRight(_ slot: Slot) -> Slot {
        let left = nodes[Int(slot)].left
        let (inner, outer) = (nodes[Int(left)].right, nodes[Int(left)].left)
        if weight(inner) >= 2 * weight(outer) { rotateLeft(left) }
        return rotateRight(slot)
    }

    /// Lets the right child take the place of `slot`; gives that child.
    @discardableResult
    private mutating func rotateLeft(_ slot: Slot) -> Slot {
        let child = nodes[Int(slot)].right
        replace(slot, by: child)
        setRight(of: slot, to: nodes[Int(child)].left)
        setLeft(of: child, to: slot)
        refresh(slot)
        refresh(child)
        return child
    }

    @discardableResult
    private mutating func rotateRight(_ slot: Slot) -> Slot {
        let child = nodes[Int(slot)].left
        replace(slot, by: child)
        setLeft(of: slot, to: nodes[Int(child)].right)
        setRight(of: child, to: slot)
        refresh(slot)
        refresh(child)
        return child
    }
}
