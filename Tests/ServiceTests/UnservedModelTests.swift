import JSON
import Testing

/// What a version that cannot be loaded is to the other models.
@Suite struct UnservedModelTests {
    @Test func `a model that cannot be loaded hinders no change of another`() throws {
        let folder = try Folder.withWords()
        try folder.addWords("other", for: "other/*")
        let broken = try folder.train(saying: "other", to: "goodbye", "other")
        _ = try Program.run("deploy", "model", "-n", "other", in: folder)
        try folder.write("damaged", to: folder.artifact(of: broken))
        let server = try TestServer(folder)
        #expect(server.errors.contains("\(broken) is not served"))
        let ada = try Peer(server, user: "Ada")
        var number = 0
        let says = {
            number += 1
            return try ada.say("hello", in: "unserved/\(number)").intent
        }
        #expect(try says() == "greeting")

        try folder.train(saying: "welcome", to: "hello")
        _ = try Program.run("deploy", "model", "-n", "words", in: folder)
        #expect(try says() == "welcome")
        _ = try Program.run("rollback", "model", "-n", "words", in: folder)
        #expect(try says() == "greeting")
        #expect(try folder.shell(["mkdir", "environments"]) == 0)
        let declared: JSONValue = [
            "models": [
                ["name": "words", "version": "newest"],
                [
                    "name": "other", "documents": "other/*",
                    "version": .string(String(broken.dropFirst("other@".count))),
                ],
            ]
        ]
        try folder.write(declared.description, to: "environments/dev.json")
        _ = try Program.run("apply", in: folder)
        #expect(try says() == "welcome")
        #expect(try Program(["deploy", "model", "-n", broken], in: folder).exitStatus() == 1)
    }
}
