// swift-tools-version: 6.2
// The drawing of the system: a module may import only what stands on its line.

import PackageDescription

let package = Package(
    name: "hunch",
    products: [.executable(name: "hunch", targets: ["hunch"])],
    dependencies: [],
    targets: [
        // Commands: arguments in, exit code out.
        command(
            "hunch",
            [
                "Service", "Client", "Drift", "Experiments", "Journal", "Learning", "NLU",
                "Ranking",
                "Registry", "Reactor",
                "Telemetry", "Wire",
            ]
                + ["WebSocket", "Documents", "JSON", "Numerics", "CAssets"]),

        // The service and its clients: who owns what, who waits for whom.
        module(
            "Service",
            [
                "Reactor", "Journal", "Experiments", "Registry", "Telemetry", "Wire", "WebSocket",
                "Documents", "Drift",
                "NLU",
            ]
                + ["Ranking", "JSON", "Numerics", "CAssets"]),
        module(
            "Client", ["Reactor", "Wire", "WebSocket", "Documents", "JSON", "Numerics", "CZlib"]),

        // Effects: sockets, disks, clocks.
        module("Reactor", ["CEpoll"]),
        module("Journal", ["CSQLite", "CZlib"]),
        module("Registry", ["JSON", "COpenSSL"]),
        module("Telemetry", ["JSON", "Numerics"]),

        // Pure logic: values in, values out.
        module("Wire", ["Documents", "JSON"]),
        module("WebSocket", ["CZlib", "COpenSSL"]),
        module("Documents", []),
        module("NLU", ["Learning", "Numerics", "JSON"]),
        module("Ranking", ["Learning", "Numerics", "JSON"]),
        module("Experiments", ["Numerics", "JSON"]),
        module("Drift", ["Numerics", "JSON"]),
        module("Learning", ["Numerics"]),
        module("Numerics", ["CKernels"]),
        module("JSON", []),

        // The system, and what C says better.
        .target(name: "CEpoll"),
        .target(name: "CKernels", linkerSettings: [.linkedLibrary("m")]),
        .target(name: "CAssets", exclude: ["demo", "pages"]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),

        // What scripts/bench measures with; the C target counts allocations, in tests too.
        .target(name: "CAllocationCount"),
        .executableTarget(
            name: "hunch-bench",
            dependencies: [
                "Client", "Reactor", "WebSocket", "Journal", "Registry", "NLU", "Ranking",
                "Learning", "JSON", "Numerics", "CAllocationCount",
            ],
            path: "Sources/Benchmarks", swiftSettings: settings()),

        // What breaks a journal: a disk without power, a process to kill.
        .target(name: "CrashVFS", path: "Tests/CrashVFS"),
        .executableTarget(
            name: "journal-crash", dependencies: ["Journal"], path: "Tests/JournalCrash",
            swiftSettings: settings()),

        tests("JSONTests", ["JSON", "Numerics"]),
        tests("NumericsTests", ["Numerics"]),
        tests("LearningTests", ["Learning", "Numerics"]),
        tests("RankingTests", ["Ranking", "Learning", "Numerics", "JSON", "CAssets"]),
        tests("ExperimentsTests", ["Experiments", "Numerics", "JSON"]),
        tests("DriftTests", ["Drift", "Numerics", "JSON", "CAllocationCount"]),
        tests("NLUTests", ["NLU", "Learning", "Numerics", "JSON", "CAllocationCount"]),
        tests("DocumentsTests", ["Documents", "Numerics", "Client", "JSON"]),
        tests("WebSocketTests", ["WebSocket", "Numerics"]),
        tests("WireTests", ["Wire", "Documents", "JSON", "Numerics"]),
        tests("TelemetryTests", ["Telemetry", "JSON", "Numerics"]),
        tests("RegistryTests", ["Registry", "JSON", "Numerics"]),
        tests("JournalTests", ["Journal", "Numerics", "CSQLite", "CrashVFS", "journal-crash"]),
        tests("ReactorTests", ["Reactor", "Numerics"]),
        tests(
            "ClientTests",
            ["Client", "Documents", "JSON", "Numerics", "Reactor", "WebSocket", "Wire"]),
        tests(
            "ServiceTests",
            [
                "WebSocket", "Documents", "Drift", "JSON", "Numerics", "Journal", "Ranking",
                "Registry",
                "hunch",
            ]),
    ]
)

func settings() -> [SwiftSetting] {
    [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
        // Actors' properties are checked for overlapping accesses at run time, which took a third of the
        // server's own time a message. Tests run with the checks.
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
    ]
}

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings())
}

func command(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings())
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings())
}
