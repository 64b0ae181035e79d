// A model of the server, a network that loses what is on its way, and a clock: all in memory.

import { apply, transform } from "../../Sources/CAssets/pages/delta.js";
import { below } from "./random.mjs";

/** The documents' side of the protocol, as short as can be: no models, no disk. */
export class ModelServer {
    #documents = new Map();
    #sessions = 0;
    /** The branch that models are live on. */
    branch;
    /** Open documents by connection. */
    #subscriptions = new Map();

    document(id) {
        if (!this.#documents.has(id)) {
            this.#documents.set(id, { text: "", history: [], known: 0, refusal: null });
        }
        return this.#documents.get(id);
    }

    /** Forgets how a document came about: what rests on an older revision cannot be rebased. */
    forgetHistory(id) {
        const document = this.document(id);
        document.known = document.history.length;
    }

    /** Has the next edit of a document refused. */
    refuseOnce(id, error) {
        this.document(id).refusal = error;
    }

    receive(connection, message) {
        switch (message.type) {
        case "hello": return this.#hello(connection, message);
        case "close": return this.#subscriptions.get(connection).delete(message.doc);
        case "open": return this.#open(connection, message);
        case "edit": return this.#edit(connection, message);
        case "ping": return connection.send({ type: "pong", id: message.id });
        case "classify": return connection.send({ type: "results", id: message.id, results: [{}] });
        }
    }

    left(connection) {
        this.#subscriptions.delete(connection);
    }

    #hello(connection, { session, branch }) {
        if (branch !== undefined && branch !== this.branch) {
            return connection.send({ type: "error", code: "unknown_branch", message: branch });
        }
        if (session === undefined) session = `s${this.#sessions += 1}`;
        connection.session = session;
        this.#subscriptions.set(connection, new Set());
        connection.send({ type: "welcome", protocol: 1, session });
    }

    #open(connection, { id, doc, from = -1 }) {
        this.#subscriptions.get(connection).add(doc);
        const { text, history, known } = this.document(doc);
        connection.send({
            type: "opened", id, doc, epoch: "e", revision: history.length,
            seq: this.#lastSeq(connection, doc),
            ...(from < known ? { text } : { edits: history.slice(from) }),
        });
    }

    #lastSeq({ session }, doc) {
        return this.document(doc).history.filter((edit) => edit.session === session).length;
    }

    #edit(connection, { id, doc, base, seq, ops }) {
        const document = this.document(doc);
        const { refusal } = document;
        document.refusal = null;
        if (refusal !== null) return connection.send({ type: "error", id, ...refusal });
        const { session } = connection;
        const mine = document.history.filter((edit) => edit.session === session);
        const ack = (revision) => connection.send({ type: "ack", id, doc, seq, revision });
        const known = mine.find((edit) => edit.seq === seq);
        if (known !== undefined) return ack(known.revision);
        if (seq !== mine.length + 1) throw new Error(`gap: ${seq} after ${mine.length}`);
        if (base < document.known) return this.#open(connection, { id, doc });
        for (const edit of document.history.slice(base)) [ops] = transform(ops, edit.ops);
        const edit = { revision: document.history.length + 1, peer: session.slice(0, 16), session, seq, ops };
        document.history.push(edit);
        document.text = apply(document.text, ops);
        ack(edit.revision);
        for (const [other, documents] of this.#subscriptions) {
            if (other !== connection && documents.has(doc)) {
                other.send({ type: "edit", doc, ...edit });
            }
        }
    }
}

/** Carries messages one at a time, in the order of each direction, when it is told to. */
export class ModelNetwork {
    #server;
    #links = new Set();

    constructor(server) {
        this.#server = server;
        const network = this;
        /** What clients take for a WebSocket. */
        this.WebSocket = class {
            constructor() {
                this.link = network.#join(this);
            }

            send(text) {
                this.link.toServer.push(text);
            }

            close() {
                network.#cut(this.link);
            }
        };
    }

    get isIdle() {
        return [...this.#links].every((link) => !link.toServer.length && !link.toClient.length);
    }

    /** Moves one message of a random connection a step on. */
    deliver(random) {
        const busy = [...this.#links].flatMap((link) => [
            ...(link.toServer.length ? [() => this.#toServer(link)] : []),
            ...(link.toClient.length ? [() => link.toClient.shift()()] : []),
        ]);
        if (busy.length > 0) busy[below(busy.length, random)]();
    }

    /** Cuts a random connection; what is on its way is lost. */
    cutOne(random) {
        const links = [...this.#links];
        if (links.length > 0) this.#cut(links[below(links.length, random)]);
    }

    #join(socket) {
        const link = { socket, toServer: [], toClient: [() => socket.onopen({})] };
        link.connection = {
            send(message) {
                const data = JSON.stringify(message);
                link.toClient.push(() => socket.onmessage({ data }));
            },
        };
        this.#links.add(link);
        return link;
    }

    #toServer(link) {
        this.#server.receive(link.connection, JSON.parse(link.toServer.shift()));
    }

    #cut(link) {
        if (!this.#links.delete(link)) return;
        this.#server.left(link.connection);
        link.socket.onclose({});
    }
}

/** A clock that moves when it is told to. */
export class ModelClock {
    #now = 0;
    #timers = new Set();

    now() {
        return this.#now;
    }

    after(delay, action) {
        const timer = { at: this.#now + delay, action };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
    }

    advance(duration) {
        const end = this.#now + duration;
        for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
            this.#now = timer.at;
            this.#timers.delete(timer);
            timer.action();
        }
        this.#now = end;
    }

    #next(end) {
        const due = [...this.#timers].filter(({ at }) => at <= end);
        return due.sort((a, b) => a.at - b.at)[0];
    }
}
