// A long text in pieces, as messages carry it.

internal import Documents

extension Text {
    /// The text in pieces of about `units` UTF-16 units; one empty piece if there is none.
    func pieces(of units: Int) -> [String] {
        var pieces: [String] = []
        var start = 0
        repeat {
            var end = min(start + units, length)
            if !isBoundary(end) { end += 1 }
            pieces.append(string(in: start..<end))
            start = end
        } while start < length
        return pieces
    }
}
