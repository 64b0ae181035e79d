// What the lists of one environment are told.

/// The flags of `hunch list NOUN [--env dev] [--json]`.
struct EnvironmentListing {
    let home: Home
    let isJSON: Bool

    init(_ arguments: [String], of noun: String) throws(UsageError) {
        var arguments = Arguments(arguments, command: "list")
        home = try Home(&arguments)
        isJSON = arguments.flag("--json")
        try arguments.noun(noun)
        try arguments.end()
    }
}
