import JSON
import NLU
import Testing

@Suite struct DuplicateSettingsTests {
    @Test func `settings read back as they were written, and what is left out is the default`()
        throws
    {
        var settings = DuplicateSettings()
        settings.similarity = 0.75
        settings.capacity = 12
        #expect(try DuplicateSettings(settings.json) == settings)
        #expect(
            try DuplicateSettings(["name": "copies", "kind": "duplicates"]) == DuplicateSettings())
    }

    @Test(arguments: [
        (#"{"similarity": 0}"#, "similarity"), (#"{"similarity": 1.01}"#, "similarity"),
        (#"{"similarity": "high"}"#, "similarity"), (#"{"fewestWords": 0}"#, "fewestWords"),
        (#"{"fewestNearWords": 2.5}"#, "fewestNearWords"), (#"{"capacity": -1}"#, "capacity"),
    ])
    func `a value that makes no sense is named`(text: String, name: String) throws {
        let json = try JSONValue(parsing: text)
        let error = #expect(throws: DuplicateSettingsError.self) {
            try DuplicateSettings(json)
        }
        #expect(error?.description.hasPrefix("\"\(name)\" must be ") == true)
    }
}
