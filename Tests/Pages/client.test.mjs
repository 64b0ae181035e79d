// Clients against a model of the server: convergence, reconnection, results in their places.

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../Sources/CAssets/pages/hunch.js";
import { ModelClock, ModelNetwork, ModelServer } from "./model-server.mjs";
import { below, randomReplacement, randomSource } from "./random.mjs";

const doc = "demo/notes";

/** A server with some clients that are about to open one document. */
async function room(count, seed) {
    const random = randomSource(seed);
    const server = new ModelServer();
    const network = new ModelNetwork(server);
    const clock = new ModelClock();
    const clients = Array.from({ length: count }, () =>
        connect("ws://model", { WebSocket: network.WebSocket, clock, random }));
    const opening = clients.map((client) => client.open(doc));
    const settle = () => {
        for (let round = 0; round < 4; round += 1) {
            clock.advance(10_000);
            while (!network.isIdle) network.deliver(random);
        }
    };
    settle();
    return { random, server, network, clock, clients, settle, copies: await Promise.all(opening) };
}

function assertConverged({ server, copies, clients }, message) {
    for (const copy of copies) {
        assert.equal(copy.text, server.document(doc).text, message);
        assert.ok(copy.isSaved && copy.isOpen, message);
    }
    for (const client of clients) client.close();
}

test("copies that are edited at once end equal", async () => {
    for (let seed = 0; seed < 300; seed += 1) {
        const all = await room(3, seed);
        for (let step = 0; step < 150; step += 1) {
            const copy = all.copies[below(3, all.random)];
            if (all.random() < 0.4) copy.edit(randomReplacement(copy.text, all.random));
            else all.network.deliver(all.random);
        }
        all.settle();
        assertConverged(all, `seed ${seed}`);
    }
});

test("copies end equal over any cuts of their connections", async () => {
    for (let seed = 0; seed < 300; seed += 1) {
        const all = await room(3, seed);
        for (let step = 0; step < 200; step += 1) {
            const copy = all.copies[below(3, all.random)];
            const choice = all.random();
            if (choice < 0.3) copy.edit(randomReplacement(copy.text, all.random));
            else if (choice < 0.34) all.network.cutOne(all.random);
            else if (choice < 0.4) all.clock.advance(300);
            else all.network.deliver(all.random);
        }
        all.settle();
        assertConverged(all, `seed ${seed}`);
    }
});

test("copies end equal when the server forgets its history", async () => {
    for (let seed = 0; seed < 300; seed += 1) {
        const all = await room(3, seed);
        for (let step = 0; step < 200; step += 1) {
            const copy = all.copies[below(3, all.random)];
            const choice = all.random();
            if (choice < 0.3) copy.edit(randomReplacement(copy.text, all.random));
            else if (choice < 0.33) all.network.cutOne(all.random);
            else if (choice < 0.36) all.server.forgetHistory(doc);
            else if (choice < 0.42) all.clock.advance(300);
            else all.network.deliver(all.random);
        }
        all.settle();
        assertConverged(all, `seed ${seed}`);
    }
});

test("what is typed over cuts arrives once", async () => {
    for (let seed = 0; seed < 100; seed += 1) {
        const all = await room(2, seed);
        const typed = [];
        for (let step = 0; step < 150; step += 1) {
            const choice = all.random();
            if (choice < 0.3) {
                const copy = all.copies[below(2, all.random)];
                const word = `<${typed.length}>`;
                typed.push(word);
                const at = below(2, all.random) * copy.text.length;
                copy.replace(at, at, word);
            } else if (choice < 0.36) {
                all.network.cutOne(all.random);
            } else if (choice < 0.42) {
                all.clock.advance(300);
            } else {
                all.network.deliver(all.random);
            }
        }
        all.settle();
        const { text } = all.server.document(doc);
        assert.equal(text.length, typed.join("").length, `seed ${seed}`);
        for (const word of typed) assert.ok(text.includes(word), `seed ${seed}: ${word}`);
        assertConverged(all, `seed ${seed}`);
    }
});

test("one edit is in flight, and what is typed meanwhile goes as one", async () => {
    const all = await room(1, 1);
    const [copy] = all.copies;
    for (const letter of "hello") copy.replace(copy.text.length, copy.text.length, letter);
    all.settle();
    const { history } = all.server.document(doc);
    assert.deepEqual(history.map(({ ops }) => ops), [
        [{ insert: "h" }], [{ retain: 1 }, { insert: "ello" }]]);
    assertConverged(all);
});

test("half a surrogate pair goes as the replacement character", async () => {
    const all = await room(1, 1);
    all.copies[0].replace(0, 0, "a\ud83d");
    all.settle();
    assert.equal(all.server.document(doc).text, "a\ufffd");
    assertConverged(all);
});

test("a request without a connection waits for one, and a lost one is refused", async () => {
    const all = await room(1, 1);
    const [client] = all.clients;
    const lost = client.classify("hello");
    all.network.cutOne(all.random);
    await assert.rejects(lost, { code: "disconnected" });
    const kept = client.classify("hello");
    all.settle();
    assert.deepEqual(await kept, {});
    client.close();
});

test("an edit that the server cannot take now is sent again", async () => {
    const all = await room(1, 1);
    const [copy] = all.copies;
    all.server.refuseOnce(doc, { code: "storage_full", message: "", retryAfterMs: 500 });
    copy.replace(0, 0, "kept");
    all.settle();
    assert.equal(all.server.document(doc).text, "kept");
    assertConverged(all);
});

test("an edit that the server will not take is given back, and the document goes on", async () => {
    const all = await room(1, 1);
    const [copy] = all.copies;
    const refused = [];
    copy.on("refused", (event) => refused.push(event));
    copy.replace(0, 0, "old ");
    all.settle();
    all.server.refuseOnce(doc, { code: "text_too_long", message: "too long" });
    copy.replace(4, 4, "new ");
    all.settle();
    assert.deepEqual(refused, [
        { code: "text_too_long", message: "too long", text: "old new " }]);
    copy.replace(4, 4, "newer");
    all.settle();
    assert.equal(all.server.document(doc).text, "old newer");
    assertConverged(all);
});

test("results take their place behind the edits that they have not read", async () => {
    const all = await room(1, 1);
    const [copy] = all.copies;
    copy.replace(0, 0, "one\ntwo");
    all.settle();
    copy.replace(0, 0, "zero\n");
    copy.receive(results(1, { block: "b2", range: [4, 7], intent: "count" }));
    assert.deepEqual(
        copy.blocks.all.map(({ start, end }) => copy.text.slice(start, end)), ["two"]);
    copy.receive({ ...results(1), removed: ["b2"] });
    assert.deepEqual(copy.blocks.all, []);
    all.clients[0].close();
});

test("results of a revision that has not arrived wait for it", async () => {
    const all = await room(1, 1);
    const [copy] = all.copies;
    copy.replace(0, 0, "one");
    copy.receive(results(1, { block: "b1", range: [0, 3], intent: "count" }));
    assert.equal(copy.blocks.all.length, 0);
    all.settle();
    assert.equal(copy.blocks.at(1).results.intent.intent, "count");
    all.clients[0].close();
});

function results(revision, ...entries) {
    return { type: "results", kind: "intent", model: "m@1", revision, results: entries };
}

test("a connection that falls silent is asked, and then given up", async () => {
    const all = await room(1, 1);
    const [client] = all.clients;
    for (let pause = 0; pause < 4; pause += 1) {
        all.clock.advance(15_000);
        while (!all.network.isIdle) all.network.deliver(all.random);
        assert.equal(client.state, "open");
    }
    all.clock.advance(30_000);
    assert.notEqual(client.state, "open");
    all.settle();
    assert.equal(client.state, "open");
    client.close();
});

test("waits between attempts grow, and respect what the server asks for", async () => {
    const all = await room(1, 1);
    const [client] = all.clients;
    const waits = [];
    const after = all.clock.after.bind(all.clock);
    all.clock.after = (delay, action) => {
        waits.push(delay);
        return after(delay, action);
    };
    all.network.cutOne(() => 0);
    assert.equal(client.state, "waiting");
    assert.ok(waits.at(-1) <= 250);
    for (let attempt = 0; attempt < 12; attempt += 1) {
        while (client.state === "waiting") all.clock.advance(100);
        all.network.cutOne(() => 0);
        assert.ok(waits.at(-1) <= 10_000);
    }
    client.close();
});

test("who asks for a branch that is not there is told, and served as all others", async () => {
    for (const live of ["topic", undefined]) {
        const server = new ModelServer();
        server.branch = live;
        const network = new ModelNetwork(server);
        const random = randomSource(1);
        const client = connect("ws://model", {
            WebSocket: network.WebSocket, clock: new ModelClock(), random, branch: "topic",
        });
        const errors = [];
        client.on("error", ({ code }) => errors.push(code));
        while (!network.isIdle) network.deliver(random);
        assert.equal(client.state, "open");
        assert.deepEqual(errors, live === undefined ? ["unknown_branch"] : []);
        client.close();
    }
});
