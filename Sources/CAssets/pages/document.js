// A shared document as a client sees it: the text, its blocks, who else is here.

import { Blocks } from "./blocks.js";
import { replacement, wellFormed } from "./delta.js";
import { Emitter } from "./emitter.js";
import { disconnected } from "./error.js";
import { Others } from "./others.js";
import { Replica } from "./replica.js";
import { RoundTrips } from "./round-trips.js";

/** Of a session the others see that many digits. */
const peerLength = 16;

/** The wait in ms before a lost document is opened again, unless the server wishes another. */
const firstWait = 250;

/**
 * One open document. Made by `client.open`.
 *
 * Events:
 * - `change` {ops, isRemote}: the text changed, here or elsewhere; `mapOffset(ops, caret)` keeps a
 *   caret in its place
 * - `results` {kind, model, revision, results, removed, queuedMicros, computeMicros, roundTrip?}:
 *   `blocks` is up to date; `roundTrip` is the time in ms since this client sent the edit
 * - `presence`: `others` changed
 * - `state`: `isSaved` or `isOpen` changed
 * - `refused` {code, message, text}: the server refused an edit; what was not saved is gone from
 *   `text`, and stands in the event
 * - `resync`: the text came anew as a whole; unsaved edits were kept
 */
export class SharedDocument extends Emitter {
    /** The document's name, "workspace/name". */
    id;
    /** What the models say about each block. */
    blocks = new Blocks();
    /** The others in the document, by peer: {peer, user, cursor?, anchor?, state?}. */
    others = new Others();
    /** Whether the server sends this document's edits now. */
    isOpen = false;
    /** The HunchError for which the document cannot be opened, or is closed for good. */
    failure = null;

    #client;
    #replica = new Replica();
    #epoch;
    /** The session in which the edit in flight was sent. */
    #session;
    /** A long text, until the last of its parts is there. */
    #opening = null;
    /** Results that name a revision which has not arrived. */
    #early = [];
    #roundTrips = new RoundTrips();

    constructor(client, id) {
        super();
        this.#client = client;
        this.id = id;
    }

    get text() {
        return this.#replica.text;
    }

    get revision() {
        return this.#replica.revision;
    }

    /** Whether all that was typed here is on the server's disk. */
    get isSaved() {
        return this.#replica.isSaved;
    }

    /** Makes an edit: an array of {retain: n}, {insert: "…"} and {delete: n}. */
    edit(ops) {
        if (ops.length === 0) return;
        const wasSaved = this.isSaved;
        ops = wellFormed(ops);
        this.#replica.edit(ops);
        this.#changed(ops, false);
        if (wasSaved) this.emit("state");
        this.#flush();
    }

    /** Puts `text` in place of the UTF-16 units from `start` up to `end`. */
    replace(start, end, text) {
        this.edit(replacement(start, end, text));
    }

    /** Resolves once all that was typed here is saved; rejects if it never will be. */
    async saved() {
        while (!this.isSaved) {
            if (this.failure !== null) throw this.failure;
            await this.next("state");
        }
    }

    /** Tells the others where the caret is, and the selection's other end; `state` is any value. */
    announce({ cursor, anchor, state }) {
        if (!this.isOpen) return;
        const [savedCursor, savedAnchor] = [cursor, anchor].map((offset) =>
            offset === undefined ? undefined : this.#replica.savedOffset(offset));
        this.#tell({
            type: "presence", revision: this.revision, cursor: savedCursor, anchor: savedAnchor,
            state,
        });
    }

    /** Leaves the document. Unsaved edits are lost: await `saved()` first. */
    close() {
        this.#client.forget(this);
        this.#tell({ type: "close" });
        this.end(disconnected());
    }

    // What follows is called by the client.

    /** Asks for the document, from the revision that is here if there is one. */
    connect() {
        const known = this.#epoch === undefined ? {} : { from: this.revision, epoch: this.#epoch };
        this.#ask({ type: "open", ...known }, (error) => this.#notOpened(error));
    }

    /** The server has let go of the document: it is opened again. */
    lost({ retryAfterMs = firstWait }) {
        this.#leave();
        this.#retry(retryAfterMs);
    }

    /** Ends it for good, because of an error. */
    end(error) {
        this.failure ??= error;
        this.disconnect();
        this.emit("state");
    }

    disconnect() {
        this.#opening = null;
        this.others.clear();
        this.emit("presence");
        this.#leave();
    }

    receive(message) {
        if (this.failure !== null) return;
        switch (message.type) {
        case "opened": return this.#opened(message);
        case "chunk": return this.#chunk(message);
        }
        // What was still on its way when the document was closed does not concern its next opening.
        if (!this.isOpen) return;
        switch (message.type) {
        case "edit": return this.#remoteEdit(message);
        case "ack": return this.#acknowledged(message);
        case "results": return this.#results(message, this.#client.now());
        case "presence": return this.#presence(message);
        }
    }

    #opened(message) {
        if (message.edits !== undefined) {
            for (const edit of message.edits) this.#replay(edit);
            this.#ready(message);
        } else if (message.chunks > 0) {
            this.#opening = message;
        } else {
            this.#reset(message);
        }
    }

    #chunk({ index, text }) {
        const whole = this.#opening;
        if (whole === null) return;
        whole.text += text;
        if (index < whole.chunks) return;
        this.#opening = null;
        this.#reset(whole);
    }

    /** An edit of the time without a connection: it may be ours, its acknowledgement lost. */
    #replay(edit) {
        const isOurs = edit.peer === this.#session?.slice(0, peerLength)
            && edit.seq === this.#replica.inFlight?.seq;
        if (isOurs) this.#acknowledged(edit);
        else this.#remoteEdit(edit);
    }

    #reset(message) {
        const { inFlight } = this.#replica;
        const isSaved = inFlight !== null && this.#session === this.#client.session
            && message.seq >= inFlight.seq;
        this.blocks.clear();
        this.#early = [];
        const ops = this.#replica.reset(message.text, message.revision, isSaved);
        this.#changed(ops, true);
        this.emit("resync");
        this.#ready(message);
    }

    #ready({ epoch, seq, presence }) {
        this.#epoch = epoch;
        this.#session = this.#client.session;
        this.#replica.seq = seq;
        this.others.clear();
        for (const other of presence ?? []) this.#place(other);
        this.isOpen = true;
        if (this.#replica.inFlight !== null) this.#sendEdit(this.#replica.inFlight);
        this.#flush();
        this.emit("state");
        this.emit("presence");
    }

    #notOpened(error) {
        if (error.code === "disconnected") return;
        if (error.retryAfterMs !== undefined) return this.#retry(error.retryAfterMs);
        this.#client.forget(this);
        this.end(error);
    }

    #retry(pause) {
        this.#client.after(pause, () => {
            const isWanted = this.#client.state === "open" && this.failure === null;
            if (isWanted && !this.isOpen) this.connect();
        });
    }

    #remoteEdit({ revision, ops }) {
        this.#changed(this.#replica.receive(revision, ops), true);
        this.#takeEarlyResults();
    }

    #acknowledged({ seq, revision }) {
        if (seq !== this.#replica.inFlight?.seq || revision <= this.revision) return;
        this.#replica.acknowledge(revision);
        this.#roundTrips.acknowledged(seq, revision);
        this.#takeEarlyResults();
        this.#flush();
        if (this.isSaved) this.emit("state");
    }

    #changed(ops, isRemote) {
        this.blocks.shift(ops);
        this.others.shift(ops, isRemote ? "right" : "left");
        this.emit("change", { ops, isRemote });
    }

    /** Results may come before the acknowledgement of the edit that they read. */
    #results(message, receivedAt) {
        if (message.revision > this.revision) {
            this.#early.push({ message, receivedAt });
            return;
        }
        this.blocks.take(message, (offset, side) =>
            this.#replica.locate(offset, message.revision, side));
        const roundTrip = this.#roundTrips.covered(message, receivedAt);
        this.emit("results", { ...message, roundTrip });
    }

    #takeEarlyResults() {
        const early = this.#early;
        this.#early = [];
        for (const { message, receivedAt } of early) this.#results(message, receivedAt);
    }

    #presence({ type, doc, left, ...other }) {
        if (left) this.others.delete(other.peer);
        else this.#place(other);
        this.emit("presence");
    }

    #place(other) {
        this.others.place(other, (offset, revision) =>
            this.#replica.locate(offset, revision, "right"));
    }

    #refused(error) {
        if (error.code === "disconnected") return;
        if (error.retryAfterMs !== undefined) {
            this.#client.after(error.retryAfterMs, () => {
                if (this.isOpen && this.#replica.inFlight) this.#sendEdit(this.#replica.inFlight);
            });
            return;
        }
        const { text } = this;
        this.#changed(this.#replica.discard(), true);
        this.emit("refused", { code: error.code, message: error.message, text });
        this.#tell({ type: "close" });
        this.#leave();
        this.connect();
    }

    #flush() {
        if (!this.isOpen) return;
        const edit = this.#replica.take(this.#client.editLimit);
        if (edit !== null) this.#sendEdit(edit);
    }

    #sendEdit(edit) {
        this.#roundTrips.sent(edit.seq, this.#client.now());
        this.#ask({ type: "edit", ...edit }, (error) => this.#refused(error));
    }

    #tell(message) {
        this.#client.tell({ ...message, doc: this.id });
    }

    #ask(message, reject) {
        this.#client.ask({ ...message, doc: this.id }, {
            resolve: (reply) => this.receive(reply), reject,
        });
    }

    #leave() {
        if (!this.isOpen) return;
        this.isOpen = false;
        this.emit("state");
    }
}
