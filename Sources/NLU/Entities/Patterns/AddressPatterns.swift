// E-mail addresses and URLs.

extension EntityText {
    /// An e-mail address that begins at a token.
    ///
    /// The common form of RFC 5321: letters, digits and `._%+-` before the `@`, and a domain with
    /// a point in it. Addresses with quotes or comments are not found.
    func email(at i: Int) -> Int? {
        guard hasAt, i < tokens.count, startsAddress(i) else { return nil }
        var at = tokens[i].start
        while at < scalars.count, isLocal(scalars[at]) { at += 1 }
        guard at > tokens[i].start, at < scalars.count, scalars[at] == 0x40,
            scalars[at - 1] != 0x2E, let end = domain(at + 1)
        else { return nil }
        return token(endingAt: end, from: i)
    }

    /// A URL that begins at a token: with the scheme http, https or ftp, with `www.` in front, or
    /// a bare domain under a common top level such as `example.com/path`.
    func url(at i: Int) -> Int? {
        guard hasDot, i < tokens.count, startsAddress(i), tokens[i].kind != .sign else {
            return nil
        }
        let start = tokens[i].start
        var host = start
        if let behind = behind("https://", start) ?? behind("http://", start)
            ?? behind("ftp://", start)
        {
            host = behind
        }
        guard let hostEnd = domain(host) else { return nil }
        let isBare = host == start && behind("www.", start) == nil
        guard !isBare || isCommonTopLevel(start..<hostEnd) else { return nil }
        var end = hostEnd
        if end < scalars.count, scalars[end] == 0x3A { end = port(end) }
        if end < scalars.count, [0x2F, 0x3F, 0x23].contains(scalars[end]) { end = path(from: end) }
        return token(endingAt: end, from: i)
    }

    /// The text of an address, its domain (and the scheme of a URL) in lower case.
    func address(_ range: Range<Int>, isEmail: Bool) -> String {
        let start = tokens[range.lowerBound].start
        let end = tokens[range.upperBound - 1].end
        guard !isEmail else {
            let at = scalars[start..<end].lastIndex(of: 0x40) ?? start
            return written(start..<at) + written(at..<end).lowercased()
        }
        var slashes = 0
        // `//` ends the scheme, the next `/` the host.
        let path = (start..<end).first { at in
            guard [0x2F, 0x3F, 0x23].contains(scalars[at]) else { return false }
            let isScheme = scalars[at] == 0x2F && at > start && scalars[at - 1] == 0x3A
            slashes += isScheme ? -1 : 1
            return slashes > 0
        }
        return written(start..<(path ?? end)).lowercased() + written((path ?? end)..<end)
    }

    // MARK: Parts

    /// Whether an address can begin here: not within a longer one.
    private func startsAddress(_ i: Int) -> Bool {
        guard tokens[i].kind != .sign, isGlued(i) else { return tokens[i].kind != .sign }
        let previous = scalars[tokens[i].start - 1]
        return !isLocal(previous) && previous != 0x40 && previous != 0x2F
    }

    private func isLocal(_ scalar: UInt32) -> Bool {
        isHost(scalar) || [0x2E, 0x5F, 0x25, 0x2B].contains(scalar)
    }

    /// ASCII letters, digits and the hyphen.
    private func isHost(_ scalar: UInt32) -> Bool {
        scalar >= 0x61 && scalar <= 0x7A || scalar >= 0x30 && scalar <= 0x39 || scalar == 0x2D
    }

    /// Where a domain ends: labels of letters, digits and hyphens, the last one without digits.
    private func domain(_ start: Int) -> Int? {
        var (at, label, labels, end) = (start, start, 0, start)
        while at < scalars.count {
            if isHost(scalars[at]) {
                at += 1
                continue
            }
            guard scalars[at] == 0x2E, at > label else { break }
            labels += 1
            label = at + 1
            at += 1
        }
        end = at > label ? at : at - 1
        if at == label {
            labels -= 1
            label = lastLabel(before: end, from: start)
        }
        guard labels >= 1, end - label >= 2, scalars[start] != 0x2D, scalars[end - 1] != 0x2D,
            scalars[label..<end].allSatisfy({ $0 >= 0x61 && $0 <= 0x7A })
        else { return nil }
        return end
    }

    private func lastLabel(before end: Int, from start: Int) -> Int {
        var at = end
        while at > start, scalars[at - 1] != 0x2E { at -= 1 }
        return at
    }

    private func behind(_ prefix: StaticString, _ start: Int) -> Int? {
        let count = prefix.utf8CodeUnitCount
        guard scalars.count - start > count else { return nil }
        for i in 0..<count where scalars[start + i] != UInt32(prefix.utf8Start[i]) { return nil }
        return start + count
    }

    private func port(_ colon: Int) -> Int {
        var at = colon + 1
        while at < scalars.count, at - colon <= 5, scalars[at] >= 0x30, scalars[at] <= 0x39 {
            at += 1
        }
        return at > colon + 1 ? at : colon
    }

    /// Up to white space or a quote, without the punctuation of the sentence at the end.
    private func path(from start: Int) -> Int {
        var end = start
        while end < scalars.count, scalars[end] != 0x20, !Self.stops.contains(scalars[end]) {
            end += 1
        }
        while end > start {
            let last = scalars[end - 1]
            if last == 0x29, isBalanced(start..<end) { break }
            guard last == 0x29 || Self.trailing.contains(last) else { break }
            end -= 1
        }
        return end
    }

    /// Whether no more brackets are closed than opened.
    private func isBalanced(_ range: Range<Int>) -> Bool {
        scalars[range].count { $0 == 0x28 } >= scalars[range].count { $0 == 0x29 }
    }

    private static let stops: [UInt32] = [0x22, 0x27, 0x3C, 0x3E, 0x60, 0x7B, 0x7D, 0x7C]
    private static let trailing: [UInt32] = [0x2E, 0x2C, 0x3B, 0x3A, 0x21, 0x3F]

    private func isCommonTopLevel(_ host: Range<Int>) -> Bool {
        let label = lastLabel(before: host.upperBound, from: host.lowerBound)
        return Self.topLevels.contains(EntityText.hash(scalars[label..<host.upperBound]))
    }

    private static let topLevels = Set(
        [
            "com", "org", "net", "edu", "gov", "io", "dev", "app", "info", "eu", "uk", "de", "fr",
            "nl", "es", "pl", "ch", "at", "ca", "au", "jp", "cn", "br", "us", "ai", "tv",
        ].map { EntityText.hash($0.unicodeScalars.map(\.value)) })

    private func token(endingAt end: Int, from i: Int) -> Int? {
        guard let last = tokens[i...].firstIndex(where: { $0.end >= end }), tokens[last].end == end,
            !isInsideWord(last + 1)
        else { return nil }
        return last + 1
    }
}
