// Which versions of models read a document: those that answer somebody who has it open, and shadows.

internal import Documents
internal import Reactor
internal import Wire

extension Shard {
    /// Has a newcomer be answered by the versions that are its own.
    ///
    /// What those have left for when there is time is read at once.
    func chooseVersions(_ token: SlabToken, for subscriber: Int) {
        let versions = versions(token, for: subscriber)
        documents[token].subscribers[subscriber].versions = versions
        for reading in documents[token].readings
        where documents[token].subscribers[subscriber].version(reading.model) != nil {
            reading.hurry(revision: documents[token].document.revision, at: now)
        }
        queueUnread(token)
        let areRead = versions.allSatisfy { version in
            documents[token].readings.contains { $0.model == version.model.reference }
        }
        guard documents[token].subscribers.count == 1 || !areRead else { return }
        settleReadings(token, atOnce: true)
    }

    /// Has all who have a document open be answered by the versions that are theirs now.
    ///
    /// Whoever comes to one that has read the document already is told all that it says.
    func chooseVersions(_ token: SlabToken) {
        let before = documents[token].subscribers
        for i in before.indices {
            documents[token].subscribers[i].versions = versions(token, for: i)
            documents[token].subscribers[i].moveBacklog()
        }
        let known = documents[token].readings.filter { isValid($0) && !$0.isShadow }
        settleReadings(token, afterOthers: true)
        for reading in documents[token].readings.indices {
            let model = documents[token].readings[reading].model
            guard known.contains(where: { $0.model == model }) else { continue }
            for old in before where old.held == nil && old.version(model) == nil {
                // What another version has said, and this one does not, goes.
                sendAnswers(of: reading, token, to: old.caller.connection, removing: true)
            }
        }
        exposeChosen(token, before, known)
    }

    /// Logs those who saw answers when their versions were chosen: in all arms at that moment, whether the version
    /// that has given them is one or the other.
    private func exposeChosen(_ token: SlabToken, _ before: [Subscriber], _ known: [Reading]) {
        let answered = known.filter { !$0.answers.isEmpty && $0.kind != .recommendations }
            .map(\.model)
        for (i, old) in before.enumerated() where old.held == nil && old.behind == nil {
            let seen = old.versions.map(\.model).filter { answered.contains($0.reference) }
            for version in documents[token].subscribers[i].versions {
                guard let exposure = version.exposure,
                    seen.contains(where: { $0.name == version.model.name })
                else { continue }
                let session = old.caller.session
                expose(exposure, Occasion(session: session, document: documents[token].name))
            }
        }
    }

    /// Logs that somebody sees what a version has said, the first time that it does.
    ///
    /// Not so of lists, which are made where somebody edits: those of what is deployed may be older than the
    /// experiment, and those of other arms not. They count when the next one is made, in all arms alike.
    func noteSeen(of reading: Int, _ token: SlabToken, by connection: ConnectionRef) {
        guard documents[token].readings[reading].kind != .recommendations,
            !documents[token].readings[reading].answers.isEmpty,
            let place = documents[token].subscriber(connection)
        else { return }
        let subscriber = documents[token].subscribers[place]
        let exposure = subscriber.version(documents[token].readings[reading].model)?.exposure
        let session = subscriber.caller.session
        exposure.map { expose($0, Occasion(session: session, document: documents[token].name)) }
    }

    private func versions(_ token: SlabToken, for subscriber: Int) -> [ChosenModel] {
        let document = documents[token].name
        let session = documents[token].subscribers[subscriber].caller.session
        return deployments.answering(
            session.units(in: document), in: document, at: Double(wallClock) / 1e6)
    }

    /// Has those versions read a document that answer somebody who has it open, and shadows.
    ///
    /// While nobody has it open nothing begins. A version that begins does so `atOnce`, or when there is time; with
    /// `afterOthers` it takes over from another version of its model, best from one that has ended. One that is
    /// read no more ends when what its worker has of it is back.
    func settleReadings(_ token: SlabToken, atOnce: Bool = false, afterOthers: Bool = false) {
        let isOpen = !documents[token].subscribers.isEmpty
        let known = documents[token].readings.filter(isValid)
        let ended = documents[token].readings.filter { old in
            !isValid(old) || documents[token].reader(of: old.model) == nil
        }
        let others = afterOthers ? ended + known : ended
        let wanted = isOpen ? wantedVersions(token) : []
        var readings = wanted.map { version in
            known.first { $0.model == version.model.reference && $0.isShadow == version.isShadow }
                ?? beginReading(token, by: version, after: others, atOnce: atOnce)
        }
        for old in known where !readings.contains(where: { $0.model == old.model }) {
            let isServed = deployments.all.contains { $0.reference == old.model }
            if isServed && (!isOpen || old.batch != nil) {
                readings.append(old)
            } else {
                endDuplicates(of: documents[token].name, by: old)
            }
        }
        documents[token].readings = readings
        queueUnread(token)
        queueForReading(token)
    }

    /// Whether what a version has said may still be shown: not where another list of tags is approved now; and
    /// whether its worker knows of the document.
    private func isValid(_ reading: Reading) -> Bool {
        reading.approved == deployments.approved(for: reading.model)
            && reading.worker == deployments.model(reading.model)?.watcher
    }

    /// Each version once: as what is shown to somebody, or else as a shadow.
    private func wantedVersions(_ token: SlabToken) -> [ChosenModel] {
        var wanted: [ChosenModel] = []
        var seen: Set<String> = []
        for subscriber in documents[token].subscribers {
            for version in subscriber.versions
            where seen.insert(version.model.reference).inserted {
                wanted.append(version)
            }
        }
        let shadows = deployments.shadows(of: documents[token].name)
        return wanted + shadows.filter { seen.insert($0.model.reference).inserted }
    }

    /// Ends the readings that answered nobody but somebody who has left.
    func endReadings(_ token: SlabToken, of left: Subscriber) {
        for version in left.versions { endReading(token, ofUnread: version.model.reference) }
    }

    /// Ends the reading of a version that answers nobody of those who have the document open.
    func endReading(_ token: SlabToken, ofUnread model: String) {
        update(token)
        guard !documents[token].subscribers.isEmpty, documents[token].reader(of: model) == nil,
            let reading = documents[token].readings.first(where: { $0.model == model }),
            !reading.isShadow
        else { return }
        settleReadings(token)
    }

    /// Logs that a version has answered those in its arm, and what they got.
    ///
    /// So do failures, and lists of which somebody may see nothing: an arm is judged by what it does to all that
    /// it is to answer. Whoever reads too slowly is counted when it has caught up.
    func exposeReaders(_ token: SlabToken, of model: String, _ outcome: UnitOutcome) {
        guard !deployments.experiments.isEmpty else { return }
        var counted: Set<Exposure> = []
        for subscriber in documents[token].subscribers
        where subscriber.held == nil && subscriber.behind == nil {
            guard let exposure = subscriber.version(model)?.exposure,
                counted.insert(exposure).inserted
            else { continue }
            let session = subscriber.caller.session
            expose(
                exposure, Occasion(session: session, document: documents[token].name), outcome)
        }
    }
}
