// The live answers of a version: counted as they come, judged when somebody looks.

/// Counts the features of a version's answers in the slots of its reference, and says which have drifted.
///
/// Its memory does not grow: 36 counts a slot. A version without a reference makes one of its first answers.
package struct DriftMonitor: Sendable {
    package enum Window: String, CaseIterable, Sendable {
        case hour, day
    }

    /// A verdict that has turned.
    package struct Change: Equatable, Sendable {
        package let feature: String
        package let window: Window
        /// False where it is over.
        package let isDrift: Bool
        package let reason: String
    }

    /// How many answers make a reference where training has left none.
    package static let firstAnswers = 2000

    package private(set) var reference: DriftReference?
    private var builder: ReferenceBuilder
    /// By window, as `Window` has them; what has drifted in each.
    private var windows: [WindowedCounts] = []
    private var drifted = Window.allCases.map { _ in Set<Int>() }
    private let criteria: DriftCriteria

    /// A monitor of answers that have values of `features`.
    ///
    /// `reference` is what training has left; one of other features counts as none.
    package init(
        _ features: [ReferenceBuilder.Feature], reference: DriftReference?,
        criteria: DriftCriteria = DriftCriteria()
    ) {
        builder = ReferenceBuilder(features)
        self.criteria = criteria
        if let reference, reference.features.map(\.name) == features.map(\.name) {
            hold(against: reference)
        }
    }

    /// Counts the values of one answer, one a feature; without allocation once there is a reference.
    ///
    /// `time` is in seconds since 1970.
    package mutating func observe(_ values: Span<FeatureValue>, at time: Int) {
        guard let reference else {
            builder.add(values)
            if builder.count == Self.firstAnswers, let made = builder.reference(.firstAnswers) {
                hold(against: made)
            }
            return
        }
        for i in values.indices {
            let slot = reference.offsets[i] + reference.features[i].slot(of: values[i])
            for window in windows.indices { windows[window].add(slot, at: time) }
        }
    }

    private mutating func hold(against reference: DriftReference) {
        self.reference = reference
        builder = ReferenceBuilder(builder.features)
        windows = Window.allCases.map { window in
            switch window {
            case .hour: WindowedCounts(slots: reference.slotCount, pieces: 12, of: 300)
            case .day: WindowedCounts(slots: reference.slotCount, pieces: 24, of: 3600)
            }
        }
    }

    /// How the version stands, and which verdicts have turned since the last look.
    package mutating func look(at time: Int) -> (report: DriftReport, changes: [Change]) {
        var (reports, changes) = ([DriftReport.Part](), [Change]())
        for (w, window) in Window.allCases.enumerated() {
            guard let reference else { break }
            let features = judge(windows[w].sums(at: time), reference, known: drifted[w])
            // Where nobody asks, nothing has ended: what was drift is known when somebody asks again.
            let now = Set(
                features.indices.filter {
                    features[$0].verdict == .drifted
                        || features[$0].verdict == .tooFew && drifted[w].contains($0)
                })
            for i in now.symmetricDifference(drifted[w]).sorted() {
                changes.append(
                    Change(
                        feature: features[i].name, window: window, isDrift: now.contains(i),
                        reason: features[i].summary))
            }
            drifted[w] = now
            reports.append(DriftReport.Part(window: window, features: features))
        }
        let report = DriftReport(
            source: reference?.source,
            referenceAnswers: reference?.total ?? builder.count, parts: reports)
        return (report, changes)
    }

    private func judge(
        _ sums: [Int], _ reference: DriftReference, known: Set<Int>
    ) -> [FeatureDrift] {
        let level = criteria.level(
            features: reference.features.count, windows: Window.allCases.count)
        return reference.features.enumerated().map { i, feature in
            criteria.judge(
                feature, live: Array(sums[reference.slots(of: i)]), level: level,
                isKnown: known.contains(i))
        }
    }
}
