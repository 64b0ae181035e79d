// The definition of an experiment as a file has it.

package import JSON

extension Experiment {
    /// Reads a definition.
    ///
    ///     {
    ///       "name": "order", "unit": "user", "salt": "order", "traffic": 0.2, "holdout": 0.05,
    ///       "layer": { "name": "articles", "slots": [0, 5000] },
    ///       "start": 1767225600, "stop": 1769904000, "state": "running",
    ///       "arms": [{ "name": "A", "share": 0.5 },
    ///                { "name": "B", "share": 0.3, "model": "articles@3f2a" },
    ///                { "name": "C", "share": 0.2, "recommender": "articles",
    ///                  "settings": { "limit": 8 } }],
    ///       "metrics": {
    ///         "primary": { "name": "ctr", "kind": "ratio", "of": "click", "per": "impression" },
    ///         "secondary": [{ "name": "accepting", "kind": "conversion", "of": "accept" }],
    ///         "guardrails": [{ "name": "dismissals", "kind": "mean", "of": "dismiss",
    ///                          "better": "lower", "margin": 0.05 }] },
    ///       "slices": ["workspace", "visit"]
    ///     }
    ///
    /// Only `name`, `arms` and `metrics.primary` are required. Shares are multiples of 0.0001, those of the
    /// arms add up to at most 1: who is in no arm gets what is deployed and is not counted. An arm with neither
    /// `model` nor `settings` is what is deployed. Slots are buckets of 10,000, the second one exclusive. When
    /// shares have changed, each arm has its `buckets` as ranges of the same form, and `earlier` tells the
    /// shares before: `[{ "until": 1767300000, "shares": { "A": 0.9, "B": 0.1 } }]`, with the `salt` where that
    /// changed, too; `created`, when the experiment was defined first, `ended`, when it ceased to run, and `pauses`,
    /// `[[1767300000, 1767400000]]`, when it did not run in between. The state `shipped` wants the name of the arm at `shipped`.
    ///
    /// - Throws: the first error, with the way to it; a name that is not known here is one.
    package init(_ json: JSONValue) throws(FieldError) {
        self = try JSONPlace(json).experiment()
    }
}

extension JSONPlace {
    func experiment() throws(FieldError) -> Experiment {
        try check(keys: [
            "name", "unit", "salt", "traffic", "holdout", "layer", "start", "stop", "state",
            "shipped", "arms", "metrics", "slices", "earlier", "created",
            "ended", "pauses",
        ])
        let name = try required("name").text()
        let arms = try required("arms").arms()
        let start = try member("start")?.seconds()
        let stop = try member("stop")?.seconds()
        if let start, let stop, stop <= start {
            throw try required("stop").error(.unsuitable("must be after the start"))
        }
        return Experiment(
            name: name, unit: try member("unit")?.choice() ?? .user,
            salt: try member("salt")?.text(), arms: arms, buckets: try required("arms").buckets(),
            traffic: try member("traffic")?.share() ?? BucketTable.count,
            holdout: try member("holdout")?.share() ?? 0, layer: try member("layer")?.layer(),
            start: start, stop: stop, metrics: try required("metrics").experimentMetrics(),
            slices: try slices(), state: try state(of: arms), earlier: try earlier(),
            created: try member("created")?.seconds(), ended: try member("ended")?.seconds(),
            pauses: try pauses())
    }

    private func text() throws(FieldError) -> String {
        let text = try string()
        guard !text.isEmpty else { throw error(.unsuitable("must not be empty")) }
        return text
    }

    private func seconds() throws(FieldError) -> Double { try number(in: 0...1e11) }

    /// A share as a number of buckets.
    private func share() throws(FieldError) -> Int {
        let exact = try number(in: 0...1) * Double(BucketTable.count)
        let buckets = exact.rounded()
        guard abs(exact - buckets) < 1e-6 else {
            throw error(.unsuitable("must be a multiple of 0.0001"))
        }
        return Int(buckets)
    }

    private func layer() throws(FieldError) -> Experiment.Layer {
        try check(keys: ["name", "slots"])
        return Experiment.Layer(
            name: try required("name").text(), slots: try required("slots").bucketRange())
    }

    private func bucketRange() throws(FieldError) -> Range<Int> {
        let bounds = try elements()
        guard bounds.count == 2 else { throw error(.wrongLength(bounds.count, wanted: 2)) }
        let start = try bounds[0].integer(in: 0...BucketTable.count - 1)
        return start..<(try bounds[1].integer(in: start + 1...BucketTable.count))
    }

    private func slices() throws(FieldError) -> [SliceDimension] {
        var slices: [SliceDimension] = []
        for place in try member("slices")?.elements() ?? [] {
            let slice: SliceDimension = try place.choice()
            guard !slices.contains(slice) else { throw place.error(.repeatedName(slice.rawValue)) }
            slices.append(slice)
        }
        return slices
    }

    private func earlier() throws(FieldError) -> [Experiment.Period] {
        var periods: [Experiment.Period] = []
        for place in try member("earlier")?.elements() ?? [] {
            try place.check(keys: ["until", "shares", "salt"])
            var shares: [String: Int] = [:]
            for (name, share) in try place.required("shares").members() {
                shares[name] = try share.share()
            }
            periods.append(
                .init(
                    until: try place.required("until").seconds(), shares: shares,
                    salt: try place.member("salt")?.text()))
        }
        return periods
    }

    private func pauses() throws(FieldError) -> [Range<Double>] {
        var pauses: [Range<Double>] = []
        for place in try member("pauses")?.elements() ?? [] {
            let bounds = try place.elements()
            guard bounds.count == 2 else {
                throw place.error(.wrongLength(bounds.count, wanted: 2))
            }
            let start = try bounds[0].seconds()
            pauses.append(start..<(try bounds[1].number(in: start...1e11)))
        }
        return pauses
    }

    private enum StateName: String, CaseIterable { case running, stopped, shipped }

    private func state(of arms: [Arm]) throws(FieldError) -> Experiment.State {
        let name: StateName = try member("state")?.choice() ?? .running
        guard name == .shipped else {
            if let arm = member("shipped") {
                throw arm.error(.unsuitable("goes with the state 'shipped' only"))
            }
            return name == .running ? .running : .stopped
        }
        let place = try required("shipped")
        let names = arms.map(\.name)
        let arm = try place.string()
        guard let number = names.firstIndex(of: arm) else {
            throw place.error(.unknownName(arm, known: names))
        }
        return .shipped(number)
    }
}

// MARK: Arms

extension JSONPlace {
    private func arms() throws(FieldError) -> [Arm] {
        let places = try elements()
        guard places.count >= 2 else { throw error(.unsuitable("must be at least two")) }
        guard places.count <= BucketTable.maximumArms else {
            throw error(.tooMany(places.count, most: BucketTable.maximumArms))
        }
        var arms: [Arm] = []
        for place in places {
            let arm = try place.arm()
            guard !arms.contains(where: { $0.name == arm.name }) else {
                throw try place.required("name").error(.repeatedName(arm.name))
            }
            arms.append(arm)
        }
        return arms
    }

    private func arm() throws(FieldError) -> Arm {
        try check(keys: ["name", "share", "buckets", "model", "recommender", "settings"])
        let name = try required("name").text()
        let recommender = member("recommender")
        if let model = member("model") {
            if let recommender {
                throw recommender.error(.unsuitable("does not go with 'model'"))
            }
            return Arm(name, .model(try model.text()))
        }
        guard let settings = member("settings") else {
            if recommender != nil { _ = try required("settings") }
            return Arm(name)
        }
        guard settings.value.object != nil else {
            throw settings.error(.wrongType(wanted: .object))
        }
        return Arm(
            name,
            .settings(recommender: try required("recommender").text(), patch: settings.value))
    }

    /// The buckets of a list of arms: as they stand there, or else by the shares.
    private func buckets() throws(FieldError) -> BucketTable {
        let places = try elements()
        var shares: [Int] = []
        for place in places { shares.append(try place.required("share").share()) }
        let sum = shares.reduce(0, +)
        guard (1...BucketTable.count).contains(sum) else {
            let share = Double(sum) / Double(BucketTable.count)
            throw error(.unsuitable("have shares that add up to \(share): at most 1, above 0"))
        }
        guard places.contains(where: { $0.member("buckets") != nil }) else {
            return BucketTable(shares: shares)
        }
        var ranges: [[Range<Int>]] = []
        for place in places {
            var own: [Range<Int>] = []
            for range in try place.required("buckets").elements() {
                own.append(try range.bucketRange())
            }
            ranges.append(own)
        }
        guard let table = BucketTable(ranges: ranges) else {
            throw error(.unsuitable("must have each bucket at most once"))
        }
        guard table.shares == shares else {
            throw error(.unsuitable("have other buckets than their shares say"))
        }
        return table
    }
}
