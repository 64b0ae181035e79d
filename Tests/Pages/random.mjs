// Seeded randomness for the laws: a failure names its seed.

import { replacement } from "../../Sources/CAssets/pages/delta.js";

/** Mulberry32: numbers in 0..<1, the same for the same seed. */
export function randomSource(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

/** A whole number in 0..<limit. */
export function below(limit, random) {
    return Math.floor(random() * limit);
}

/** A short text of letters, line ends and a surrogate pair now and then. */
export function randomText(random, limit = 8) {
    const alphabet = ["a", "b", "b", " ", "\n", "é", "😀"];
    return Array.from({ length: below(limit, random) }, () =>
        alphabet[below(alphabet.length, random)]).join("");
}

/** One replacement somewhere in `text`, often empty or a mere insert; it splits no pair. */
export function randomReplacement(text, random) {
    const offsets = [...boundaries(text)];
    const start = below(offsets.length, random);
    const end = random() < 0.5 ? start : start + below(offsets.length - start, random);
    return replacement(offsets[start], offsets[end], randomText(random, 5));
}

function* boundaries(text) {
    let offset = 0;
    for (const character of text) {
        yield offset;
        offset += character.length;
    }
    yield offset;
}
