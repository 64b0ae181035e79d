// The client library of Hunch: a socket that comes back, shared documents, answers of models.
//
//     import { connect } from "./hunch.js";
//     const hunch = connect("ws://127.0.0.1:7777/ws", { user: "Ada" });
//     const notes = await hunch.open("demo/notes");
//     notes.on("results", ({ results }) => console.log(results));
//     notes.replace(0, 0, "Please book a table for two\n");
//
// It needs nothing but a WebSocket: that of browsers and of Node 22 and later, or any that is
// passed in. The protocol is described in protocols/hunch-1.md.

import { systemClock } from "./clock.js";
import { SharedDocument } from "./document.js";
import { Emitter } from "./emitter.js";
import { disconnected, HunchError, isFinal } from "./error.js";

export { HunchError };
export { apply, compose, difference, invert, mapOffset, transform } from "./delta.js";

const protocol = 1;

/** The first wait for a new connection, and the longest, in ms. */
const [firstWait, longestWait] = [250, 10_000];

/** Time between pings in ms, unless the server wishes another. */
const pingPause = 15_000;

const bytesPerUnit = 32;

/**
 * Connects, and connects again whenever the connection is lost, until `close`.
 *
 * Options: `token` and `user` go to the server; `branch` asks for models that are live on it, and where none
 * are there is an `error` event and others answer; `WebSocket` where there is none built in; `clock`
 * and `random` for tests.
 */
export function connect(url, options) {
    return new Client(url, options);
}

/**
 * One session on a server, over as many connections as it takes.
 *
 * Events: `state` when `state` changed; `error` with a HunchError that answers no request.
 */
export class Client extends Emitter {
    /** "connecting", "open", "waiting" for the next attempt, or "closed". */
    state = "connecting";
    /** What the server said in `welcome`: session, user, server, limits. */
    welcome = null;

    #url;
    #options;
    #clock;
    #socket = null;
    #documents = new Map();
    #requests = new Map();
    #watches = new Map();
    /** Requests made without a connection. */
    #queue = [];
    #lastId = 0;
    #attempts = 0;
    #retryAfter = 0;
    #heardAt = 0;
    /** Whether a ping was sent since the timer ran out last. */
    #isAsked = false;
    #stopTimer = () => {};

    constructor(url, options = {}) {
        super();
        this.#url = url;
        this.#options = { WebSocket: globalThis.WebSocket, random: Math.random, ...options };
        this.#clock = options.clock ?? systemClock;
        this.#connect();
    }

    /** Opens a document; resolves when its text is there. */
    async open(id) {
        if (this.state === "closed") throw disconnected();
        let document = this.#documents.get(id);
        if (document === undefined) {
            document = new SharedDocument(this, id);
            this.#documents.set(id, document);
            if (this.state === "open") document.connect();
        }
        while (!document.isOpen) {
            if (document.failure !== null) throw document.failure;
            await document.next("state");
        }
        return document;
    }

    /** The intent of a text outside any document: {intent, confidence, ranking, entities}. */
    async classify(text, options) {
        return (await this.request({ type: "classify", text, ...options })).results[0];
    }

    /** Recommendations of a source; options: `query`, `doc`, `block`, `limit`. */
    async recommend(source, options) {
        return (await this.request({ type: "recommend", source, ...options })).results[0];
    }

    /** Tells what somebody did with a recommended item, such as "accept" or "dismiss". */
    interact(recommendation, item, action) {
        return this.request({ type: "interact", recommendation, item, action });
    }

    /** Tells that somebody has seen a list of recommendations. */
    saw(recommendation) {
        return this.request({ type: "interact", recommendation, action: "impression" });
    }

    /** Tells what a prediction should have been: an intent, or an array of all tags. */
    feedback(prediction, label) {
        return this.request({ type: "feedback", prediction, label });
    }

    /** Why an answer came out as it did; asks for {prediction, tag} or {recommendation, item}. */
    explain(what) {
        return this.request({ type: "explain", ...what });
    }

    /**
     * Calls `listener` with each event of the server's log; needs an operator's rights.
     *
     * The filter holds `events`, `doc`, `session`, `since` (µs since 1970). The result ends it.
     */
    watch(filter, listener) {
        const id = this.#nextId();
        this.#watches.set(id, { message: { type: "watch", id, ...filter }, listener });
        if (this.state === "open") this.send(this.#watches.get(id).message);
        return () => {
            this.#watches.delete(id);
            if (this.state === "open") this.send({ type: "unwatch", watch: id });
        };
    }

    /** Sends any message and resolves with its reply; rejects with a HunchError. */
    request(message) {
        return new Promise((resolve, reject) => this.ask(message, { resolve, reject }));
    }

    /** Ends the session. What is not saved is lost: await `saved()` of the documents first. */
    close() {
        this.#end(disconnected());
    }

    // What follows is called by documents.

    /** Tells the server something; nobody waits for its answer, be it an error. */
    tell(message) {
        if (this.state === "open") this.send({ ...message, id: this.#nextId() });
    }

    get session() {
        return this.welcome?.session;
    }

    /** How large an operation may be: no component, and no unit of text, takes more bytes. */
    get editLimit() {
        return (this.welcome?.limits?.maxMessageBytes ?? Infinity) / bytesPerUnit;
    }

    /** Sends a message; one of the two functions is called at once when the reply comes. */
    ask(message, { resolve, reject }) {
        if (this.state === "closed") return reject(disconnected());
        const id = this.#nextId();
        this.#requests.set(id, { resolve, reject });
        if (this.state === "open") this.send({ ...message, id });
        else this.#queue.push({ ...message, id });
    }

    send(message) {
        this.#socket.send(JSON.stringify(message));
    }

    forget(document) {
        this.#documents.delete(document.id);
    }

    now() {
        return this.#clock.now();
    }

    after(delay, action) {
        return this.#clock.after(delay, action);
    }

    #connect() {
        this.#setState("connecting");
        const socket = new this.#options.WebSocket(this.#url);
        this.#socket = socket;
        const ifCurrent = (action) => (event) => {
            if (socket === this.#socket) action(event);
        };
        socket.onopen = ifCurrent(() => this.#hello());
        socket.onmessage = ifCurrent(({ data }) => this.#receive(JSON.parse(data)));
        socket.onclose = ifCurrent(() => this.#dropped());
        socket.onerror = () => {};
        this.#listen();
    }

    #hello(branch = this.#options.branch) {
        const { token, user } = this.#options;
        const { session } = this;
        this.send({
            type: "hello", protocol, token, user, client: "hunch.js", session,
            ...(branch ? { branch } : {}),
        });
    }

    #receive(message) {
        this.#heardAt = this.now();
        const request = this.#requests.get(message.id);
        if (request !== undefined) {
            this.#requests.delete(message.id);
            if (message.type === "error") request.reject(new HunchError(message));
            else request.resolve(message);
            return;
        }
        switch (message.type) {
        case "welcome": return this.#welcomed(message);
        case "bye": return this.#wait(message);
        case "event": return this.#watches.get(message.id)?.listener(message);
        case "error": return this.#failed(message);
        default: this.#documents.get(message.doc)?.receive(message);
        }
    }

    /** Takes an error that answers no request. */
    #failed(message) {
        const error = new HunchError(message);
        const isExpected = message.id !== undefined && !this.#watches.has(message.id);
        // Models of a branch that is not there: those that all others get answer just as well.
        if (error.code === "unknown_branch") {
            if (this.state === "connecting") this.#hello(null);
        } else if (isFinal(error)) this.#end(error);
        else if (isExpected) return;
        else if (message.doc !== undefined) this.#documents.get(message.doc)?.lost(error);
        else this.#wait(message);
        this.emit("error", error);
    }

    #welcomed(message) {
        this.welcome = message;
        this.#attempts = 0;
        this.#retryAfter = 0;
        this.state = "open";
        for (const { message } of this.#watches.values()) this.send(message);
        for (const document of this.#documents.values()) document.connect();
        for (const message of this.#queue.splice(0)) this.send(message);
        this.emit("state");
    }

    #wait({ retryAfterMs = 0 }) {
        this.#retryAfter = Math.max(this.#retryAfter, retryAfterMs);
    }

    #dropped() {
        if (this.state === "closed" || this.#socket === null) return;
        this.#stopTimer();
        this.#isAsked = false;
        this.#socket = null;
        const limit = Math.min(longestWait, firstWait * 2 ** this.#attempts);
        const delay = this.#retryAfter + this.#options.random() * limit;
        this.#attempts += 1;
        this.#setState("waiting");
        for (const document of this.#documents.values()) document.disconnect();
        this.#failRequests();
        this.#stopTimer = this.after(delay, () => this.#connect());
    }

    /** A dead connection looks like a silent one: ask, and give up when nothing comes. */
    #listen() {
        const pause = this.welcome?.limits?.pingSeconds * 1000 || pingPause;
        const heardAt = this.#heardAt;
        this.#stopTimer = this.after(pause, () => {
            const isSilent = this.#heardAt === heardAt;
            if (isSilent && (this.#isAsked || this.state !== "open")) {
                this.#socket.close();
                return this.#dropped();
            }
            this.#isAsked = this.state === "open";
            if (this.#isAsked) this.send({ type: "ping" });
            this.#listen();
        });
    }

    #end(error) {
        this.#setState("closed");
        this.#stopTimer();
        this.#socket?.close(1000);
        for (const document of this.#documents.values()) document.end(error);
        this.#failRequests();
    }

    #failRequests() {
        const waiting = new Set(this.#queue.map(({ id }) => id));
        for (const [id, { reject }] of this.#requests) {
            if (waiting.has(id) && this.state !== "closed") continue;
            this.#requests.delete(id);
            reject(disconnected());
        }
    }

    #nextId() {
        this.#lastId += 1;
        return this.#lastId;
    }

    #setState(state) {
        if (this.state === state) return;
        this.state = state;
        this.emit("state");
    }
}
