// How long results take, from the edit that they cover. Pure.

/** That many edits at most are kept in mind. */
const limit = 64;

/** Measures the time from each edit of a client to the first results of each kind that cover it. */
export class RoundTrips {
    #edits = [];

    /** An edit was sent. */
    sent(seq, now) {
        this.#edits = this.#edits.filter((edit) => edit.seq !== seq).slice(1 - limit);
        this.#edits.push({ seq, sentAt: now, kinds: new Set() });
    }

    /** An edit was acknowledged. */
    acknowledged(seq, revision) {
        const edit = this.#edits.findLast((edit) => edit.seq === seq);
        if (edit !== undefined) edit.revision = revision;
    }

    /** The time since the newest of the edits was sent that these results are the first to cover. */
    covered({ kind, revision, pending = 0 }, now) {
        if (pending > 0) return undefined;
        const covered = this.#edits.filter((edit) =>
            edit.revision <= revision && !edit.kinds.has(kind));
        for (const edit of covered) edit.kinds.add(kind);
        return covered.length === 0 ? undefined : now - covered.at(-1).sentAt;
    }
}
