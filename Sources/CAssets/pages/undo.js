// Undo of one's own edits in a text that others change too. Pure.

import { compose, invert, transform } from "./delta.js";

/** Edits closer to each other than that many ms are undone together. */
const pause = 700;

/** Keeps what would take one's own edits back, rebased over whatever else happens. */
export class Undo {
    #done = [];
    #undone = [];
    #lastAt = -Infinity;

    /** Notes an edit of one's own, made on `text`. */
    record(ops, text, now) {
        const inverse = invert(ops, text);
        if (now - this.#lastAt < pause && this.#done.length > 0) {
            this.#done.push(compose(inverse, this.#done.pop()));
        } else {
            this.#done.push(inverse);
        }
        this.#lastAt = now;
        this.#undone = [];
    }

    /** Notes an edit of somebody else's. */
    shift(ops) {
        for (const stack of [this.#done, this.#undone]) {
            let passing = ops;
            for (let index = stack.length - 1; index >= 0; index -= 1) {
                [stack[index], passing] = transform(stack[index], passing);
            }
        }
    }

    /** What takes the last edit on `text` back; null if there is none. */
    undo(text) {
        return this.#move(this.#done, this.#undone, text);
    }

    /** What makes the edit again that was undone last; null if there is none. */
    redo(text) {
        return this.#move(this.#undone, this.#done, text);
    }

    #move(from, to, text) {
        this.#lastAt = -Infinity;
        const ops = from.pop();
        if (ops === undefined) return null;
        to.push(invert(ops, text));
        return ops;
    }
}
