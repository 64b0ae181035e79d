// A sequence of elements with lengths, in a balanced tree whose nodes lie in one array.

/// What stands in an order tree: something that takes up a length, perhaps none.
protocol Measured: Sendable {
    /// Any element: it fills the unused places of the array.
    init()
    var length: Int { get }
}

/// Keeps elements in order and finds them by the sum of the lengths before them.
///
/// A weight-balanced binary tree. Its nodes are linked by their numbers in one array, so that an edit
/// allocates nothing and counts no references. An element keeps its number, its *slot*, until it
/// is removed; slots of removed elements are used again, and slot 0 is no element: it stands for
/// "none", as a node of length zero, which spares a test wherever a child may be missing.
///
/// All operations take O(log n), if not stated otherwise.
///
/// Source: Adams, "Implementing Sets Efficiently in a Functional Language", 1992; the parameters 3
/// and 2 are those of Hirai and Yamamoto, "Balancing weight-balanced trees", JFP 21, 2011, who
/// prove that one insertion or removal is always mended by a single or double rotation.
struct OrderTree<Element: Measured>: Sendable {
    typealias Slot = Int32

    struct Node: Sendable {
        var parent: Slot = 0
        var left: Slot = 0
        var right: Slot = 0
        /// How many elements the subtree holds.
        var count: Int32 = 0
        /// The sum of their lengths.
        var total: Int32 = 0
        var element = Element()
    }

    /// Empty until the first element comes, so that an empty tree owns no memory.
    var nodes: [Node] = []
    var root: Slot = 0
    /// The first unused slot; each names the next one as its parent.
    private var unused: Slot = 0

    init() {}

    /// Builds a balanced tree in O(n); the elements get the slots 1, 2, 3… in order.
    init(_ elements: some Collection<Element>) {
        guard !elements.isEmpty else { return }
        nodes.reserveCapacity(elements.count + 1)
        nodes.append(Node())
        for element in elements { nodes.append(Node(count: 1, element: element)) }
        root = link(1...Slot(elements.count), below: 0)
    }

    var count: Int { root == 0 ? 0 : Int(nodes[Int(root)].count) }

    /// The sum of all lengths.
    var length: Int { root == 0 ? 0 : Int(nodes[Int(root)].total) }

    /// The element of a slot; a change of its length is carried up to the root.
    subscript(slot: Slot) -> Element {
        get { nodes[Int(slot)].element }
        set {
            let growth = Int32(newValue.length - nodes[Int(slot)].element.length)
            nodes[Int(slot)].element = newValue
            if growth != 0 { grow(from: slot, by: growth) }
        }
    }

    /// The element that covers `offset`, and where in it `offset` lies.
    func find(_ offset: Int) -> (slot: Slot, offset: Int) {
        precondition(offset >= 0 && offset < length)
        let nodes = nodes.span
        var rest = offset
        var at = Int(root)
        while true {
            let before = Int(nodes[Int(nodes[at].left)].total)
            if rest < before {
                at = Int(nodes[at].left)
                continue
            }
            rest -= before
            let own = nodes[at].element.length
            if rest < own { return (Slot(at), rest) }
            rest -= own
            at = Int(nodes[at].right)
        }
    }

    /// The sum of the lengths before a slot.
    func start(of slot: Slot) -> Int {
        let nodes = nodes.span
        var at = Int(slot)
        var sum = nodes[Int(nodes[at].left)].total
        while nodes[at].parent != 0 {
            let parent = Int(nodes[at].parent)
            if Int(nodes[parent].right) == at { sum += nodes[parent].total - nodes[at].total }
            at = parent
        }
        return Int(sum)
    }

    var first: Slot { root == 0 ? 0 : leftmost(root) }

    /// The slot after `slot`, 0 after the last; a walk over all takes O(n).
    func next(_ slot: Slot) -> Slot {
        let right = nodes[Int(slot)].right
        if right != 0 { return leftmost(right) }
        var at = slot
        while true {
            let parent = nodes[Int(at)].parent
            if parent == 0 || nodes[Int(parent)].left == at { return parent }
            at = parent
        }
    }

    /// The slot before `slot`, 0 before the first.
    func previous(_ slot: Slot) -> Slot {
        let left = nodes[Int(slot)].left
        if left != 0 { return rightmost(left) }
        var at = slot
        while true {
            let parent = nodes[Int(at)].parent
            if parent == 0 || nodes[Int(parent)].right == at { return parent }
            at = parent
        }
    }

    /// Puts an element behind that of `slot`, or before all others if `slot` is 0; gives its slot.
    @discardableResult
    mutating func insert(_ element: Element, after slot: Slot) -> Slot {
        let new = unusedSlot()
        nodes[Int(new)] = Node(count: 1, total: Int32(element.length), element: element)
        if root == 0 {
            root = new
        } else if slot != 0, nodes[Int(slot)].right == 0 {
            nodes[Int(slot)].right = new
            nodes[Int(new)].parent = slot
        } else {
            let place = leftmost(slot == 0 ? root : nodes[Int(slot)].right)
            nodes[Int(place)].left = new
            nodes[Int(new)].parent = place
        }
        rebalance(from: nodes[Int(new)].parent)
        return new
    }

    /// Takes an element out; its slot is free for another then.
    mutating func remove(_ slot: Slot) {
        let node = nodes[Int(slot)]
        var lowest = node.parent
        if node.left != 0, node.right != 0 {
            // The next element, which has no left child, moves to the place of this one.
            let heir = leftmost(node.right)
            let heirNode = nodes[Int(heir)]
            lowest = heirNode.parent == slot ? heir : heirNode.parent
            replace(heir, by: heirNode.right)
            replace(slot, by: heir)
            setLeft(of: heir, to: nodes[Int(slot)].left)
            setRight(of: heir, to: nodes[Int(slot)].right)
        } else {
            replace(slot, by: node.left == 0 ? node.right : node.left)
        }
        nodes[Int(slot)] = Node(parent: unused)
        unused = slot
        rebalance(from: lowest)
    }

    private mutating func unusedSlot() -> Slot {
        if unused != 0 {
            let slot = unused
            unused = nodes[Int(slot)].parent
            return slot
        }
        if nodes.isEmpty {
            nodes.reserveCapacity(2)
            nodes.append(Node())
        }
        nodes.append(Node())
        return Slot(nodes.count - 1)
    }
}
