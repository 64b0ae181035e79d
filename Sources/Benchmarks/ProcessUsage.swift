// What a process has used.

import Glibc

/// Processor time and memory of some process of this machine, by its number.
struct ProcessUsage {
    let cpuSeconds: Double
    /// Of pages in memory, shared ones included.
    let residentBytes: Int

    init(of process: pid_t) {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            fail("there is no process \(process)")
        }
        cpuSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        residentBytes = Self.residentPages(of: process) * sysconf(Int32(_SC_PAGESIZE))
    }

    private static func residentPages(of process: pid_t) -> Int {
        guard let file = fopen("/proc/\(process)/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let text = String(
            decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
