// What those who ask for a branch are told.

internal import Reactor
internal import Wire

extension Shard {
    /// Tells the connections that ask for a branch when the last of its models is gone.
    func tellOfBranches(instead old: Deployments) {
        let live = deployments.branchNames
        let gone = Set(old.branchNames).subtracting(live)
        guard !gone.isEmpty else { return }
        for token in connections.tokens {
            guard let branch = connections[token].session?.branch, gone.contains(branch) else {
                continue
            }
            report(.unknownBranch(branch, live: live), to: ref(token))
        }
    }
}

extension WireError {
    /// What is told of a branch that no model is live on.
    static func unknownBranch(_ branch: String, live: [String]) -> WireError {
        let names = live.isEmpty ? "none" : live.joined(separator: ", ")
        return WireError(.unknownBranch, "'\(branch)'; live: \(names)")
    }
}
