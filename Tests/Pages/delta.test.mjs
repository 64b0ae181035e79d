// The laws of operations on text.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
    apply, compose, difference, invert, mapOffset, split, transform,
} from "../../Sources/CAssets/pages/delta.js";
import { below, randomReplacement, randomSource, randomText } from "./random.mjs";

const seeds = Array.from({ length: 2000 }, (_, seed) => seed);

/** Several replacements as one operation, so that all kinds of components meet. */
function randomOps(text, random) {
    let ops = [];
    for (let count = 1 + below(3, random); count > 0; count -= 1) {
        ops = compose(ops, randomReplacement(apply(text, ops), random));
    }
    return ops;
}

function assertCanonical(ops, message) {
    const kinds = ops.map((op) => Object.keys(op)[0]);
    assert.notEqual(kinds.at(-1), "retain", message);
    kinds.slice(1).forEach((kind, index) => {
        assert.notEqual(kind, kinds[index], message);
        assert.notDeepEqual([kinds[index], kind], ["delete", "insert"], message);
    });
}

test("a composed operation does what its parts do, one after the other", () => {
    for (const seed of seeds) {
        const random = randomSource(seed);
        const text = randomText(random, 12);
        const first = randomOps(text, random);
        const second = randomOps(apply(text, first), random);
        const composed = compose(first, second);
        assert.equal(apply(text, composed), apply(apply(text, first), second), `seed ${seed}`);
        assertCanonical(composed, `seed ${seed}`);
    }
});

test("both orders of two concurrent operations end in one text", () => {
    for (const seed of seeds) {
        const random = randomSource(seed);
        const text = randomText(random, 12);
        const [later, earlier] = [randomOps(text, random), randomOps(text, random)];
        const [laterOps, earlierOps] = transform(later, earlier);
        assert.equal(
            apply(apply(text, earlier), laterOps), apply(apply(text, later), earlierOps),
            `seed ${seed}`);
        assertCanonical(laterOps, `seed ${seed}`);
        assertCanonical(earlierOps, `seed ${seed}`);
    }
});

test("of two inserts at one place the later stands to the left", () => {
    const [later] = transform([{ insert: "L" }], [{ insert: "E" }]);
    assert.equal(apply("E", later), "LE");
});

test("an inverted operation takes it back", () => {
    for (const seed of seeds) {
        const random = randomSource(seed);
        const text = randomText(random, 12);
        const ops = randomOps(text, random);
        assert.equal(apply(apply(text, ops), invert(ops, text)), text, `seed ${seed}`);
    }
});

test("the parts of an operation do what it does, and the first is small", () => {
    for (const seed of seeds) {
        const random = randomSource(seed);
        const text = randomText(random, 12);
        const ops = randomOps(text, random);
        const limit = 4 + below(6, random);
        const [first, rest] = split(ops, limit);
        assert.deepEqual(compose(first, rest), ops, `seed ${seed}`);
        assert.equal(apply(apply(text, first), rest), apply(text, ops), `seed ${seed}`);
        const size = first.reduce((sum, op) => sum + 1 + (op.insert?.length ?? 0), 0);
        assert.ok(size <= limit && (first.length > 0 || ops.length === 0), `seed ${seed}`);
        for (const op of [...first, ...rest]) {
            assert.ok((op.insert ?? "").isWellFormed(), `seed ${seed}`);
        }
    }
});

test("the difference of two texts makes one of the other and splits no pair", () => {
    for (const seed of seeds) {
        const random = randomSource(seed);
        const before = randomText(random, 12);
        const after = apply(before, randomReplacement(before, random));
        const ops = difference(before, after, below(after.length + 1, random));
        assert.equal(apply(before, ops), after, `seed ${seed}`);
        const inserted = ops.map((op) => op.insert ?? "").join("");
        assert.ok(inserted.isWellFormed(), `seed ${seed}`);
        for (const offset of edges(ops)) {
            assert.ok(before.slice(0, offset).isWellFormed(), `seed ${seed}`);
        }
    }
});

function edges(ops) {
    let at = 0;
    return ops.filter((op) => op.insert === undefined)
        .map((op) => at += op.retain ?? op.delete);
}

test("a difference keeps the half of a pair that did not change", () => {
    assert.deepEqual(difference("😀", "😃"), [{ insert: "😃" }, { delete: 2 }]);
    assert.deepEqual(difference("x😀", "x🨀"), [{ retain: 1 }, { insert: "🨀" }, { delete: 2 }]);
});

test("the caret says which of several equal letters was typed", () => {
    assert.deepEqual(difference("aa", "aaa", 1), [{ insert: "a" }]);
    assert.deepEqual(difference("aa", "aaa", 3), [{ retain: 2 }, { insert: "a" }]);
});

test("mapping keeps the order of offsets, and both sides of each of them", () => {
    for (const seed of seeds) {
        const random = randomSource(seed);
        const text = randomText(random, 12);
        const ops = randomOps(text, random);
        const length = apply(text, ops).length;
        let last = 0;
        for (let offset = 0; offset <= text.length; offset += 1) {
            const left = mapOffset(ops, offset);
            const right = mapOffset(ops, offset, "right");
            assert.ok(last <= left && left <= right && right <= length, `seed ${seed}`);
            last = left;
        }
        assert.equal(mapOffset(ops, text.length, "right"), length, `seed ${seed}`);
    }
});

test("an operation that reaches past the end is refused", () => {
    assert.throws(() => apply("ab", [{ retain: 1 }, { delete: 2 }]), RangeError);
});
