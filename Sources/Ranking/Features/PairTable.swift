// Counters of users with something else.

internal import Numerics

/// For each user, rows of counters by the number of an item or of a value.
///
/// Bound: beyond `limit` rows of a user the half with the fewest events is forgotten; of equals, what was
/// numbered first.
struct PairTable: Sendable {
    /// What was counted of a user.
    struct Rows: Sendable {
        /// Ascending; the row of a number is its place.
        fileprivate(set) var numbers: [UInt32] = []
        fileprivate(set) var tallies: TallyTable

        /// The row of a number; −1 where there is none.
        func row(of number: UInt32) -> Int {
            let place = place(of: number)
            return place < numbers.count && numbers[place] == number ? place : -1
        }

        /// The first place whose number is not below `number`.
        fileprivate func place(of number: UInt32) -> Int {
            let numbers = numbers.span
            var (low, high) = (0, numbers.count)
            while low < high {
                let middle = (low + high) / 2
                if numbers[middle] < number { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private let limit: Int
    private let empty: Rows
    private var users: [Rows] = []
    /// How many rows there are.
    private(set) var count = 0

    /// Makes an empty table whose rows are as those of `tallies`, which has none.
    init(_ tallies: TallyTable, limit: Int) {
        precondition(limit > 1)
        self.limit = limit
        empty = Rows(tallies: tallies)
    }

    /// The rows of a user, none for −1.
    func rows(of user: Int) -> Rows {
        user >= 0 && user < users.count ? users[user] : empty
    }

    mutating func count(_ action: Action, at time: Double, user: Int, number: UInt32) {
        while users.count <= user { users.append(empty) }
        var place = users[user].place(of: number)
        if place == users[user].numbers.count || users[user].numbers[place] != number {
            if users[user].numbers.count == limit {
                forgetHalf(of: user)
                place = users[user].place(of: number)
            }
            users[user].numbers.insert(number, at: place)
            users[user].tallies.insertRows(at: place)
            count += 1
        }
        users[user].tallies.count(action, at: time, row: place)
    }

    private mutating func forgetHalf(of user: Int) {
        let rows = users[user]
        let sums = rows.numbers.indices.map { rows.tallies.sum(ofRow: $0) }
        let order = rows.numbers.indices.sorted { (sums[$0], $0) > (sums[$1], $1) }
        let kept = order.prefix(limit / 2).sorted()
        users[user].numbers = kept.map { rows.numbers[$0] }
        users[user].tallies.keep(kept)
        count -= rows.numbers.count - kept.count
    }

    /// Forgets all of a user, whose slot may serve another.
    mutating func forget(user: Int) {
        guard user < users.count else { return }
        count -= users[user].numbers.count
        users[user] = empty
    }
}

extension PairTable {
    func write(to writer: inout StateWriter) {
        writer.add(count: users.count)
        for rows in users {
            writer.add(ascending: rows.numbers)
            rows.tallies.write(to: &writer)
        }
    }

    /// Reads what `write` wrote; numbers must be below `bound`.
    mutating func read(_ reader: inout StateReader, bound: UInt32) throws(ArchiveError) {
        (users, count) = ([], 0)
        for _ in 0..<(try reader.count()) {
            var rows = empty
            rows.numbers = try reader.ascending()
            try rows.tallies.read(&reader)
            try reader.check(
                rows.tallies.rowCount == rows.numbers.count
                    && rows.numbers.last ?? 0 < max(bound, 1)
            )
            users.append(rows)
            count += rows.numbers.count
        }
    }
}
