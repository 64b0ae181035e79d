import Numerics

/// Metarank's events of users who click what is of their own genre; `fields` gives more members of an item's
/// fields, each with a comma before it.
func genreLog(
    _ lists: Range<Int>, seed: UInt64, items: Bool = true, fields: (Int) -> String = { _ in "" }
) -> String {
    var random = SplitMix64(seed: seed)
    var lines: [String] = []
    for item in items ? 0..<12 : 0..<0 {
        lines.append(
            #"{"event":"item","id":"e\#(item)","item":"i\#(item)","timestamp":"1000","fields":[{"name":"genres","value":["g\#(item % 3)"]}\#(fields(item))]}"#
        )
    }
    for list in lists {
        let (user, time) = (list % 9, 2000 + list * 1000)
        let shown = (0..<12).shuffled(using: &random).prefix(5)
        let ids = shown.map { #"{"id":"i\#($0)"}"# }.joined(separator: ",")
        lines.append(
            #"{"event":"ranking","id":"r\#(list)","user":"u\#(user)","timestamp":"\#(time)","items":[\#(ids)]}"#
        )
        for item in shown where item % 3 == user % 3 {
            lines.append(
                #"{"event":"interaction","id":"c\#(list)-\#(item)","type":"click","ranking":"r\#(list)","item":"i\#(item)","user":"u\#(user)","timestamp":"\#(time)"}"#
            )
        }
    }
    return lines.joined(separator: "\n")
}
