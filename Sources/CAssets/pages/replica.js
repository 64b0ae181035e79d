// One client's copy of a document: what is saved, what is on its way, and what waits. Pure.

import { apply, compose, difference, invert, mapOffset, split, transform } from "./delta.js";

const historyLimit = 512;

/**
 * Keeps a text that changes here and elsewhere, with at most one unacknowledged edit.
 *
 *     text = saved text at `revision` · edit in flight · edits that wait
 *
 * What is typed while an edit is in flight is composed into the next one. Edits of others are
 * rebased over both; ours will be committed later than any of theirs that arrives before its
 * acknowledgement, and so stands to the left where two inserts meet.
 */
export class Replica {
    /** The text with all that was typed here. */
    text;
    /** The last revision that came from the server. */
    revision;
    /** The number of the session's last edit that the server has. */
    seq;

    #savedText;
    #inFlight = null;
    #waiting = [];
    /** What the last revisions did, the newest last. */
    #history = [];

    constructor(text = "", revision = 0, seq = 0) {
        this.text = text;
        this.revision = revision;
        this.seq = seq;
        this.#savedText = text;
    }

    /** Whether the server has acknowledged all that was typed here. */
    get isSaved() {
        return this.#inFlight === null && this.#waiting.length === 0;
    }

    /** The edit that wants its acknowledgement, as it reads over `revision`; or null. */
    get inFlight() {
        if (this.#inFlight === null) return null;
        return { base: this.revision, seq: this.seq + 1, ops: this.#inFlight };
    }

    /** Makes an edit of this client's. */
    edit(ops) {
        this.text = apply(this.text, ops);
        this.#waiting = compose(this.#waiting, ops);
    }

    /**
     * Puts what waits in flight and gives it; null if nothing waits or an edit is in flight.
     *
     * Of what is larger than `limit`, as `split` counts it, the rest goes on waiting.
     */
    take(limit = Infinity) {
        if (this.#inFlight !== null || this.#waiting.length === 0) return null;
        [this.#inFlight, this.#waiting] = split(this.#waiting, limit);
        return this.inFlight;
    }

    /** The edit in flight became `revision`, which must be the next one. */
    acknowledge(revision) {
        this.#commit(revision, this.#inFlight);
        this.#inFlight = null;
        this.seq += 1;
    }

    /** Takes over another's edit, the next revision; gives what it does to `text`. */
    receive(revision, ops) {
        this.#commit(revision, ops);
        return this.#rebase(ops);
    }

    /**
     * Takes over a whole text, when the way to it is not known; gives what it does to `text`.
     *
     * Unsaved edits are kept: they are rebased over the difference. `acknowledged` says that the
     * edit in flight is part of the new text.
     */
    reset(text, revision, acknowledged = false) {
        if (acknowledged) {
            this.#savedText = apply(this.#savedText, this.#inFlight);
            this.#inFlight = null;
            this.seq += 1;
        }
        const ops = difference(this.#savedText, text);
        this.#savedText = text;
        this.revision = revision;
        this.#history = [];
        return this.#rebase(ops);
    }

    /** Gives up what is not saved, as the server refused it; gives what that does to `text`. */
    discard() {
        const ops = difference(this.text, this.#savedText);
        this.#inFlight = null;
        this.#waiting = [];
        this.text = this.#savedText;
        return ops;
    }

    /** Where an offset of `revision` lies in `text`; null if that revision is out of reach. */
    locate(offset, revision, stick) {
        const steps = this.revision - revision;
        if (steps < 0 || steps > this.#history.length) return null;
        const later = this.#history.slice(this.#history.length - steps);
        return [...later, this.#inFlight ?? [], this.#waiting].reduce(
            (offset, ops) => mapOffset(ops, offset, stick), offset);
    }

    /** Where an offset of `text` lies, or comes to lie, in the text of `revision`. */
    savedOffset(offset) {
        const unsaved = compose(this.#inFlight ?? [], this.#waiting);
        return mapOffset(invert(unsaved, this.#savedText), offset);
    }

    #commit(revision, ops) {
        if (revision !== this.revision + 1) {
            throw new RangeError(`revision ${revision} after ${this.revision}`);
        }
        this.#savedText = apply(this.#savedText, ops);
        this.revision = revision;
        this.#history.push(ops);
        if (this.#history.length > historyLimit) this.#history.shift();
    }

    #rebase(ops) {
        if (this.#inFlight !== null) [this.#inFlight, ops] = transform(this.#inFlight, ops);
        [this.#waiting, ops] = transform(this.#waiting, ops);
        this.text = apply(this.text, ops);
        return ops;
    }
}
