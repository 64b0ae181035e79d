// The behavioural tests that a new project begins with.

extension Project {
    /// A few tests of the sample data, which show what can be demanded.
    static func sampleTests(_ name: String, _ kind: Kind, _ place: Place?) -> [UInt8] {
        let head = """
            {"comment": "How \(name) must behave, a test a line. `hunch test model -n \(name)` runs them, and so does hunch deploy."}
            {"comment": "These are of the sample data: change them with it. What may stand here: hunch test --help"}

            """
        let lines =
            switch kind {
            case .intents: intentTests
            case .tags: tagTests
            case .rules: ruleTests
            case .ranker: place == nil ? articleTests : itemTests
            case .duplicates: duplicateTests
            case .external: externalTests
            }
        return Array((head + lines + "\n").utf8)
    }

    private static let intentTests = """
        {"text": "Please refund order 48213, the item was returned", "intent": "refund"}
        {"text": "I forgot my password and cannot log in", "not": "refund"}
        {"same": "Please refund {thing}, the item was returned", "thing": ["order 48213", "order 7", "my order"]}
        {"text": "the parcel came late", "add": "please refund me", "raises": "refund"}
        """

    private static let tagTests = """
        {"text": "Tracking for the spare part has not moved for days; please answer today", "tag": "urgent"}
        {"text": "Greetings from Priya", "tags": []}
        {"same": "What does the {plan} plan cost per month", "plan": ["team", "yearly"], "tag": "money"}
        {"text": "How do I print from the inbox", "add": "please answer today", "raises": "urgent"}
        """

    private static let ruleTests = """
        {"text": "I want to talk to a human", "intent": "talk_to_human"}
        {"text": "please do not cancel my plan", "not": "cancel_plan"}
        {"same": "{greeting} where is order #12345", "greeting": ["hello", "hi there,", ""], "intent": "order_status"}
        """

    private static let articleTests = """
        {"text": "how long until the refund reaches my bank account", "item": "refund-duration", "within": 2}
        {"text": "how do I issue a refund", "item": "refund-steps"}
        """

    private static let itemTests = """
        {"text": "how to book a room for a meeting", "item": "meeting-rooms", "before": "travel-costs"}
        {"text": "the salary plan of next year", "not": "salary-plan"}
        {"text": "the salary plan of next year", "user": "ada", "item": "salary-plan", "within": 1}
        """

    private static let externalTests = """
        {"text": "please give me my money back, I was charged twice", "intent": "refund"}
        {"text": "hello there", "not": "delivery"}
        {"same": "where is my {thing}", "thing": ["parcel", "courier"], "intent": "delivery"}
        """

    private static let duplicateTests = """
        {"text": "The meeting moves to Thursday at ten in the large room", "like": "the meeting moves to thursday, at ten, in the large room"}
        {"text": "The meeting moves to Thursday at ten in the large room", "not": "Lunch is served in the garden from noon until two"}
        """
}
