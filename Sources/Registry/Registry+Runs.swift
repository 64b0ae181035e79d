// The retrainings of a home, and who is at work on one.

import Glibc
import JSON

extension Registry {
    /// The retrainings of a model, the oldest first.
    package func runs(of name: String) throws(RegistryError) -> [Run] {
        var runs: [Run] = []
        for id in try names(in: runsPath(name)) {
            let path = try runPath(name, id) + "/run.json"
            guard FileSystem.exists(path) else { continue }
            runs.append(try Run(JSONNode(parsing: FileSystem.read(path), path: path)))
        }
        return runs
    }

    /// The names of the models that were retrained.
    package func retrainedModels() throws(RegistryError) -> [String] {
        try names(in: "\(home)/runs")
    }

    /// Writes how far a run is; whoever reads sees the whole of it.
    package func write(_ run: Run) throws(RegistryError) {
        let path = try runPath(run.model, run.id)
        try FileSystem.makeFolders(path)
        try FileSystem.writeAtomically(
            run.json.serialized(pretty: true), to: path + "/run.json")
    }

    /// The file of what the steps of a run say.
    package func logPath(of run: Run) throws(RegistryError) -> String {
        try runPath(run.model, run.id) + "/log.txt"
    }

    /// A name for a run that begins now, after those that are there.
    package func newRunID(_ name: String, time: Int) throws(RegistryError) -> String {
        let text = Timestamp(microseconds: time).description.filter { $0 != "-" && $0 != ":" }
        let known = try Set(names(in: runsPath(name)))
        var (id, count) = (text, 1)
        while known.contains(id) {
            count += 1
            id = "\(text)-\(count)"
        }
        return id
    }

    /// Holds the runs of a model until the process ends or the value is gone; nil where another does.
    package func holdRuns(of name: String) throws(RegistryError) -> RunHold? {
        let path = try runsPath(name)
        try FileSystem.makeFolders(path)
        let descriptor = try FileSystem.open(path, O_RDONLY | O_DIRECTORY)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return RunHold(descriptor: descriptor)
    }

    private func runsPath(_ name: String) throws(RegistryError) -> String {
        try checkName(name)
        return "\(home)/runs/\(name)"
    }

    private func runPath(_ name: String, _ id: String) throws(RegistryError) -> String {
        try checkName(id)
        return try runsPath(name) + "/" + id
    }
}

/// The right to retrain a model, which one process has at a time.
package final class RunHold: Sendable {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
