// Short numbers in place of the names of documents.

/// A place in eight bytes: the number of its document, and its block or 0 for the whole document.
struct PlaceKey: Hashable, Sendable {
    let document: UInt32
    let block: UInt32
}

/// Numbers the documents that have places, so that each name is held once.
struct DocumentNames: Sendable {
    private var names: [String] = []
    private var numbers: [String: UInt32] = [:]
    /// The blocks of each document that are in use.
    private var blocks: [Set<UInt32>] = []
    private var free: [UInt32] = []

    /// The key of a place, if its document has a number.
    func key(of place: DuplicateIndex.Place) -> PlaceKey? {
        numbers[place.document].map { PlaceKey(document: $0, block: place.block ?? 0) }
    }

    /// Notes a place; a block's name is above 0.
    mutating func use(_ place: DuplicateIndex.Place) -> PlaceKey {
        precondition(place.block != 0)
        let number = numbers[place.document] ?? add(place.document)
        blocks[Int(number)].insert(place.block ?? 0)
        return PlaceKey(document: number, block: place.block ?? 0)
    }

    /// Strikes a place out; the number of a document without places is given to another.
    mutating func release(_ key: PlaceKey) {
        let number = Int(key.document)
        blocks[number].remove(key.block)
        guard blocks[number].isEmpty else { return }
        numbers[names[number]] = nil
        names[number] = ""
        free.append(key.document)
    }

    /// The documents that have places, in the order of their names.
    var documents: [String] { numbers.keys.sorted() }

    /// The places of a document that are in use, in their order.
    func keys(in document: String) -> [PlaceKey] {
        guard let number = numbers[document] else { return [] }
        return blocks[Int(number)].sorted().map { PlaceKey(document: number, block: $0) }
    }

    func place(of key: PlaceKey) -> DuplicateIndex.Place {
        .init(document: names[Int(key.document)], block: key.block == 0 ? nil : key.block)
    }

    /// Whether a place comes before another: by the names of documents, then by blocks.
    func precedes(_ a: PlaceKey, _ b: PlaceKey) -> Bool {
        a.document == b.document
            ? a.block < b.block : names[Int(a.document)] < names[Int(b.document)]
    }

    private mutating func add(_ name: String) -> UInt32 {
        let number = free.popLast() ?? UInt32(names.count)
        if Int(number) == names.count {
            names.append(name)
            blocks.append([])
        } else {
            names[Int(number)] = name
        }
        numbers[name] = number
        return number
    }
}
