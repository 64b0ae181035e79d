// Work in pieces, by as many threads as somebody else provides.

/// Calls a function with each of 0..<count, in any order and on any threads, and returns after the last.
///
/// Pure modules have no threads; who calls them may lend some.
package typealias Pieces = @Sendable (_ count: Int, _ piece: @Sendable (Int) -> Void) -> Void

/// The results of all pieces, in order; one after another where `pieces` is nil.
package func mapPieces<Result: Sendable>(
    _ count: Int, _ pieces: Pieces?, _ result: @Sendable (Int) -> Result
) -> [Result] {
    guard let pieces, count > 1 else { return (0..<count).map(result) }
    var results = [Result?](repeating: nil, count: count)
    results.withUnsafeMutableBufferPointer { buffer in
        let places = Places(buffer: buffer)
        pieces(count) { piece in places.buffer[piece] = result(piece) }
    }
    return results.map { result in
        guard let result else { preconditionFailure("a piece was left out") }
        return result
    }
}

/// Where pieces put what they make.
private struct Places<Element>: @unchecked Sendable {
    // Safe to share: each piece writes to a place of its own, and nobody reads before all are done.
    let buffer: UnsafeMutableBufferPointer<Element>
}
