// What the models say about the blocks of a text, and where those blocks stand. Pure.

import { mapOffset } from "./delta.js";

/** Keeps the newest result of each kind for each block, at its place in the text. */
export class Blocks {
    #blocks = new Map();

    /**
     * The blocks with results, in the order of the text: {block, start, end, results, entities}.
     *
     * `entities` are what models found in the block, with `start` and `end` in the text.
     */
    get all() {
        return [...this.#blocks.values()].sort((a, b) => a.start - b.start);
    }

    /** The block whose line holds `offset`, if it has results. */
    at(offset) {
        return this.all.findLast((block) => block.start <= offset && offset <= block.end);
    }

    /** Moves all blocks with an edit of the text. */
    shift(ops) {
        for (const block of this.#blocks.values()) {
            block.start = mapOffset(ops, block.start);
            block.end = mapOffset(ops, block.end, "right");
            for (const entity of block.entities) {
                entity.start = mapOffset(ops, entity.start, "right");
                entity.end = Math.max(entity.start, mapOffset(ops, entity.end));
            }
        }
    }

    /**
     * Takes over a `results` message.
     *
     * `locate(offset, side)` places an offset of the message's revision in the text; null where
     * that is no longer known, and then a block keeps the place it had.
     */
    take(message, locate) {
        for (const entry of message.results) {
            // What is said of the document as a whole names no block.
            if (entry.block !== undefined) this.#put(entry, message, locate);
        }
        for (const id of message.removed ?? []) {
            const block = this.#blocks.get(id);
            if (block === undefined) continue;
            delete block.results[message.kind];
            if (message.kind === "intent") block.entities = [];
            if (Object.keys(block.results).length === 0) this.#blocks.delete(id);
        }
    }

    clear() {
        this.#blocks.clear();
    }

    #put(entry, message, locate) {
        const [start, end] = [locate(entry.range[0], "left"), locate(entry.range[1], "right")];
        const known = this.#blocks.get(entry.block);
        if (known === undefined && start === null) return;
        const block = known ?? { block: entry.block, results: {}, entities: [] };
        if (start !== null) Object.assign(block, { start, end });
        block.results[message.kind] = { ...entry, model: message.model };
        if (entry.entities !== undefined) block.entities = placed(entry, locate);
        this.#blocks.set(entry.block, block);
    }
}

/** The entities of an entry where they stand in the text; none if that is not known. */
function placed({ range, entities }, locate) {
    return entities.map(({ range: [start, end], ...entity }) => ({
        ...entity,
        start: locate(range[0] + start, "right"),
        end: locate(range[0] + end, "left"),
    })).filter(({ start, end }) => start !== null && start < end);
}
