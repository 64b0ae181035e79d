import JSON
import Testing

@Suite struct ObservationTests {
    @Test func `a watcher sees the types, the document and the session that it asked for`() throws {
        let server = try TestServer()
        let (ada, bob) = (try Peer(server, user: "Ada"), try Peer(server, user: "Bob"))
        let watcher = try Peer(server, over: .control, user: "operator")
        let watches: [(id: String, filter: JSONValue)] = [
            ("types", ["events": ["edit", "intent"]]), ("document", ["doc": "watched/one"]),
            ("session", ["session": .string(bob.peer)]), ("all", [:]),
        ]
        for (id, filter) in watches {
            let watch: JSONValue = ["type": "watch", "id": .string(id)]
            try watcher.send(.object((watch.object ?? []) + (filter.object ?? [])))
            #expect(try watcher.first { $0["type"] == "ok" }["id"]?.string == id)
        }
        for (peer, document) in [(ada, "watched/one"), (bob, "watched/two")] {
            _ = try peer.ask(["type": "open", "doc": .string(document)])
            _ = try peer.ask(edit(document, base: 0, sequence: 1, at: 0, "hello there"))
            _ = try peer.expect("results", kind: "recommendations")
            _ = try peer.ask(["type": "close", "doc": .string(document)])
        }
        // An event that only the last watch sees tells that the others have seen all of theirs.
        _ = try ada.ask(["type": "close", "doc": "never/opened"])
        var seen: [String: [JSONValue]] = [:]
        while seen["all"]?.last?["code"] != "document_not_open" {
            let event = try watcher.expect("event")
            seen[event["id"]?.string ?? "", default: []].append(event)
        }
        func types(_ id: String) -> [String] { (seen[id] ?? []).compactMap { $0["event"]?.string } }
        #expect(types("types").sorted() == ["edit", "edit", "intent", "intent"])
        #expect(
            types("document").sorted() == ["close", "edit", "intent", "open", "recommendations"])
        #expect(seen["document"]?.allSatisfy { $0["doc"] == "watched/one" } == true)
        #expect(types("session") == ["open", "edit", "close"])
        let sequences = (seen["all"] ?? []).compactMap { $0["sequence"]?.int }
        #expect(zip(sequences, sequences.dropFirst()).allSatisfy { $1 == $0 + 1 })
    }

    @Test func `the metrics count what was done, in the format that Prometheus reads`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "metrics/notes"])
        _ = try peer.ask(edit("metrics/notes", base: 0, sequence: 1, at: 0, "hello there"))
        _ = try peer.expect("results", kind: "recommendations")
        _ = try peer.ask(["type": "close", "doc": "never/opened"])
        let page = try server.get("/metrics")
        #expect(page.head.contains("Content-Type: text/plain; version=0.0.4"))
        let metrics = try Exposition(page.body)
        #expect(
            metrics.types == [
                "hunch_connections": "gauge", "hunch_connections_total": "counter",
                "hunch_documents": "gauge", "hunch_subscriptions": "gauge",
                "hunch_messages_total": "counter", "hunch_edits_total": "counter",
                "hunch_drift": "gauge", "hunch_drift_psi": "gauge",
                "hunch_drift_missing_share": "gauge", "hunch_drift_unseen_share": "gauge",
                "hunch_errors_total": "counter", "hunch_commit_seconds": "histogram",
                "hunch_loop_lag_seconds": "histogram", "hunch_blocks_read_total": "counter",
                "hunch_queue_seconds": "histogram", "hunch_compute_seconds": "histogram",
                "hunch_model_live": "gauge", "hunch_branch_live": "gauge",
                "hunch_answers_total": "counter",
                "hunch_feedback_total": "counter", "hunch_reported_error_rate": "gauge",
                "hunch_recommendations_total": "counter", "hunch_lists_seen_total": "counter",
                "hunch_items_seen_total": "counter", "hunch_interactions_total": "counter",
                "hunch_online_metric": "gauge", "hunch_degraded_total": "counter",
                "hunch_stage_seconds": "histogram", "hunch_stage_candidates_total": "counter",
                "hunch_version_answers_total": "counter", "hunch_version_seconds": "histogram",
                "hunch_version_out_of_scope_total": "counter",
                "hunch_version_failures_total": "counter", "hunch_shadow_total": "counter",
                "hunch_program_refused_total": "counter",
                "hunch_program_starts_total": "counter",
                "hunch_program_timeouts_total": "counter",
                "hunch_program_unanswered_total": "counter",
            ])
        let values = metrics.values
        #expect(values["hunch_edits_total"] == 1)
        #expect(values["hunch_documents"] == 1 && values["hunch_subscriptions"] == 1)
        #expect(values[#"hunch_messages_total{direction="in",type="edit"}"#] == 1)
        #expect(values[#"hunch_messages_total{direction="out",type="ack"}"#] == 1)
        #expect(values[#"hunch_errors_total{code="document_not_open"}"#] == 1)
        #expect(values["hunch_commit_seconds_count"] == 1)
        #expect(values[#"hunch_compute_seconds_count{kind="intent"}"#] == 1)
        #expect(values[#"hunch_blocks_read_total{kind="recommendations"}"#] == 1)
    }

    @Test func `the server says that it lives, and when it is ready`() throws {
        let server = try TestServer()
        for path in ["/v2/health/live", "/v2/health/ready"] {
            let answer = try server.get(path)
            #expect(answer.status == 200 && answer.body == "{\"ok\":true}\n")
        }
    }
}

/// A page of the Prometheus text format, read strictly enough to find what its scraper would refuse.
private struct Exposition {
    var types: [String: String] = [:]
    var values: [String: Double] = [:]

    init(_ text: String) throws {
        try #require(text.hasSuffix("\n"))
        for line in text.split(separator: "\n") {
            if let type = line.firstMatch(of: /^# TYPE ([a-z_]+) ([a-z]+)$/) {
                try #require(types.updateValue(String(type.2), forKey: String(type.1)) == nil)
            } else if !line.hasPrefix("# HELP ") {
                let sample = try #require(
                    line.wholeMatch(
                        of: /([a-z_]+)(\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? (\S+)/),
                    "\(line)")
                let name = String(sample.1)
                let suffixes = ["_bucket", "_sum", "_count"].filter(name.hasSuffix)
                let family =
                    types[name] != nil
                    ? name : String(name.dropLast(suffixes.first?.utf8.count ?? 0))
                try #require(types[family] != nil, "\(line) belongs to no family")
                let key = name + (sample.2 ?? "")
                try #require(values.updateValue(try #require(Double(sample.3)), forKey: key) == nil)
            }
        }
    }
}
