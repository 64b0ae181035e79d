// How a version is tried, as flags say it.

import JSON

/// The flags of `hunch deploy` that try a version beside the one that is live.
enum RolloutFlags {
    static let help = """
          --shadow          the version answers too, and nobody sees it: what it says otherwise than the
                            one that is live is in the event log
          --canary SHARE    it answers that share of documents and users, such as 5%, and more and more
                            until it is what is live; where it does worse, it is halted by itself
          --steps LIST      the shares of a canary (default: SHARE,25%,50%,100%)
          --hold TIME       each is held for that long at least, such as 30s, 10m, 2h (default: 10m)
          --answers N       and until it has given so many answers (default: 200), and what is live enough
                            of them to compare with, unless N is below the 20 that this takes
          --guard LIST      what halts it (default: outOfScope=5%,failures=1%,clicks=20%,latency=3):
                            so much more of the answers out of scope or failed, so much fewer lists
                            clicked, so many times as slow; drift=0.2 for intents in shares so far
                            (PSI) from those of the live version over the same time: of texts that
                            people write, which are taken to be independent of each other
        """

    /// The rollout as `deploy` takes it; nil where the version is to take the place of what is live.
    static func rollout(_ arguments: inout Arguments) throws(UsageError) -> JSONValue? {
        let isShadow = arguments.flag("--shadow")
        let share = try arguments.value("--canary")
        let steps = try arguments.value("--steps")
        let hold = try arguments.value("--hold")
        let answers = try arguments.integer("--answers", in: 0...1_000_000_000)
        let guards = try arguments.value("--guard")
        guard !(isShadow && share != nil) else {
            throw arguments.error("--shadow and --canary exclude each other")
        }
        if isShadow { return ["mode": "shadow"] }
        guard let share else {
            guard steps == nil, hold == nil, answers == nil, guards == nil else {
                throw arguments.error("--steps, --hold, --answers and --guard are of a --canary")
            }
            return nil
        }
        let first = try arguments.share(share)
        var shares: [Double] = []
        if let steps {
            for step in steps.split(separator: ",") {
                shares.append(try arguments.share(String(step)))
            }
        } else {
            shares = [first] + [0.25, 0.5, 1].filter { $0 > first }
        }
        guard shares.first == first, zip(shares, shares.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw arguments.error("--steps rise from the share of --canary on")
        }
        var members: [(key: String, value: JSONValue)] = [
            ("mode", "canary"), ("steps", .array(shares.map(JSONValue.number))),
        ]
        if let hold {
            members.append(("holdSeconds", .number(Double(try seconds(hold, arguments)))))
        }
        if let answers { members.append(("leastAnswers", .number(Double(answers)))) }
        if let guards { members.append(("guards", try self.guards(guards, arguments))) }
        return .object(members)
    }

    private static func seconds(
        _ text: String, _ arguments: Arguments
    ) throws(UsageError) -> Int {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            0...1000 ~= count
        else { throw arguments.error("'\(text)' is no time: write 30s, 10m, 2h or 1d") }
        return count * unit
    }

    private static func guards(
        _ text: String, _ arguments: Arguments
    ) throws(UsageError) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        for part in text.split(separator: ",") {
            let halves = part.split(separator: "=", maxSplits: 1).map(String.init)
            let names = ["outOfScope", "failures", "clicks", "latency", "drift"]
            guard halves.count == 2, names.contains(halves[0]) else {
                throw arguments.error("'\(part)' is no guard: \(names.joined(separator: ", "))")
            }
            if halves[0] == "latency" {
                guard let times = Double(halves[1]), times >= 1 else {
                    throw arguments.error("latency takes a factor of at least 1, such as 3")
                }
                members.append((halves[0], .number(times)))
            } else if halves[0] == "drift" {
                guard let index = Double(halves[1]), index > 0 else {
                    throw arguments.error("drift takes a stability index above 0, such as 0.2")
                }
                members.append((halves[0], .number(index)))
            } else {
                members.append((halves[0], .number(try arguments.share(halves[1]))))
            }
        }
        return .object(members)
    }
}
