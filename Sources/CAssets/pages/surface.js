// The text of a document in a textarea, with a note beside each line.
//
// Under the textarea lies the same text in the same type, invisible, one grid row a line, with the
// note in the second column. The browser's own layout so keeps notes and the carets of others in
// their places, however lines wrap; nothing is measured.

import { compose, difference, mapOffset, transform } from "./delta.js";
import { Emitter } from "./emitter.js";
import { drawText, makeRow, markCurrent } from "./row.js";
import { Undo } from "./undo.js";

/**
 * Binds a textarea to a shared document.
 *
 * `decorate(row)` is called with {element, note, block, number} for each line whose block changed.
 * Events: `caret` when the selection moved, `line` when it came to another line or block.
 */
export class Surface extends Emitter {
    #textarea;
    #list;
    #document;
    #decorate;
    #undo = new Undo();
    #rows = [];
    /** What the textarea holds; differs from the document while a composition is open. */
    #shown = "";
    /** Changes of others that came during a composition. */
    #unseen = [];
    #isComposing = false;
    #isTyping = false;
    #frame = 0;
    #line = { number: 0, block: undefined };

    constructor({ textarea, list, document, decorate }) {
        super();
        this.#textarea = textarea;
        this.#list = list;
        this.#document = document;
        this.#decorate = decorate;
        this.#show([]);
        this.#listen();
        textarea.readOnly = false;
    }

    /** The number of the line with the caret, from zero, and its block if it has results. */
    get line() {
        const number = this.#shown.slice(0, this.#textarea.selectionEnd).split("\n").length - 1;
        return { number, block: this.#rows[number]?.block };
    }

    /** Where the caret is, and the other end of a selection if there is one. */
    get selection() {
        const { selectionStart, selectionEnd, selectionDirection } = this.#textarea;
        if (selectionStart === selectionEnd) return { cursor: selectionEnd };
        return selectionDirection === "backward"
            ? { cursor: selectionStart, anchor: selectionEnd }
            : { cursor: selectionEnd, anchor: selectionStart };
    }

    /** Draws all notes again, soon. */
    refresh() {
        for (const row of this.#rows) row.number = undefined;
        this.#schedule();
    }

    /** The note beside a line. */
    note(number) {
        return this.#rows[number]?.note;
    }

    #listen() {
        const textarea = this.#textarea;
        textarea.addEventListener("input", () => this.#typed());
        textarea.addEventListener("compositionstart", () => this.#isComposing = true);
        textarea.addEventListener("compositionend", () => {
            this.#isComposing = false;
            this.#typed();
        });
        textarea.addEventListener("beforeinput", (event) => this.#history(event, event.inputType));
        textarea.addEventListener("keydown", (event) => this.#history(event, historyKey(event)));
        document.addEventListener("selectionchange", () => this.#moved());
        this.#document.on("change", (change) => this.#changed(change));
        this.#document.on("results", () => this.#schedule());
        this.#document.on("presence", () => this.#schedule());
    }

    #typed() {
        if (this.#isComposing) return;
        const { value, selectionEnd } = this.#textarea;
        const typed = difference(this.#shown, value, selectionEnd);
        const [ops, unseen] = transform(typed, this.#unseen);
        this.#unseen = [];
        this.#undo.record(ops, this.#document.text, performance.now());
        this.#isTyping = true;
        this.#document.edit(ops);
        this.#isTyping = false;
        this.#shown = value;
        if (unseen.length > 0) this.#show(unseen);
        this.#schedule();
    }

    #changed({ ops, isRemote }) {
        if (this.#isTyping) return;
        if (isRemote) this.#undo.shift(ops);
        if (this.#isComposing) this.#unseen = compose(this.#unseen, ops);
        else this.#show(ops);
    }

    /** Shows the document's text; `ops` says how it differs from what is shown. */
    #show(ops) {
        const textarea = this.#textarea;
        const { selectionStart, selectionEnd, selectionDirection } = textarea;
        textarea.value = this.#document.text;
        textarea.setSelectionRange(
            mapOffset(ops, selectionStart), mapOffset(ops, selectionEnd), selectionDirection);
        this.#shown = textarea.value;
        this.#schedule();
        if (this.#document.text.includes("\r")) this.#removeCarriageReturns();
    }

    /** A textarea knows line feeds only; with other line ends its offsets are not the text's. */
    #removeCarriageReturns() {
        const parts = this.#document.text.split("\r").slice(0, -1);
        const ops = parts.flatMap((part) => [{ retain: part.length }, { delete: 1 }]);
        this.#document.edit(compose([], ops));
    }

    #history(event, command) {
        if (command !== "historyUndo" && command !== "historyRedo") return;
        event.preventDefault();
        const { text } = this.#document;
        const ops = command === "historyUndo" ? this.#undo.undo(text) : this.#undo.redo(text);
        if (ops === null) return;
        this.#document.edit(ops);
        const caret = endOfChange(ops);
        this.#textarea.setSelectionRange(caret, caret);
    }

    #moved() {
        if (document.activeElement !== this.#textarea) return;
        this.emit("caret");
        this.#schedule();
    }

    #schedule() {
        this.#frame ||= requestAnimationFrame(() => {
            this.#frame = 0;
            this.#draw();
        });
    }

    #draw() {
        const lines = this.#shown.split("\n");
        this.#fitRows(lines);
        const starts = offsets(lines);
        const blocks = this.#blocksByLine(starts);
        const marks = this.#marksByLine(lines, starts);
        const current = this.line.number;
        this.#rows.forEach((row, number) => {
            drawText(row, lines[number], marks.get(number));
            this.#drawNote(row, number, blocks.get(number));
            if (row.isCurrent || number === current) markCurrent(row, number === current);
        });
        this.#textarea.scrollTop = 0;
        this.#noticeLine();
    }

    /** Has as many rows as lines; rows after an inserted or removed line move with their text. */
    #fitRows(lines) {
        const rows = this.#rows;
        const surplus = rows.length - lines.length;
        const changed = rows.findIndex((row, number) => row.text !== lines[number]);
        const head = changed < 0 ? rows.length : changed;
        if (surplus > 0) {
            for (const row of rows.splice(head, surplus)) row.element.remove();
        } else if (surplus < 0) {
            const added = Array.from({ length: -surplus }, makeRow);
            const before = rows[head]?.element ?? null;
            for (const row of added) this.#list.insertBefore(row.element, before);
            rows.splice(head, 0, ...added);
        }
    }

    #drawNote(row, number, block) {
        const result = block?.results.intent;
        row.block = block;
        if (row.number === number && row.noted === result) return;
        row.number = number;
        row.noted = result;
        this.#decorate({ element: row.element, note: row.note, block, number });
    }

    #blocksByLine(starts) {
        const { all } = this.#document.blocks;
        return new Map(all.map((block) => [lineAt(starts, block.start), block]));
    }

    /** The marks of each line, with offsets of the line. */
    #marksByLine(lines, starts) {
        const byLine = new Map();
        const add = (number, mark) => byLine.set(number, [...(byLine.get(number) ?? []), mark]);
        for (const { start, end, ...mark } of this.#marks()) {
            for (let number = lineAt(starts, start); starts[number] <= end; number += 1) {
                const part = {
                    ...mark,
                    start: Math.max(start - starts[number], 0),
                    end: Math.min(end - starts[number], lines[number].length),
                };
                if (mark.kind === "caret" || part.start < part.end) add(number, part);
            }
        }
        return byLine;
    }

    /** What is marked in the text: the places of others, and what models found in it. */
    *#marks() {
        for (const { peer, user, cursor, anchor } of this.#document.others.values()) {
            if (cursor === undefined) continue;
            const mark = { peer, name: user ?? "Guest" };
            yield { kind: "caret", start: cursor, end: cursor, ...mark };
            const [start, end] = [cursor, anchor ?? cursor].sort((a, b) => a - b);
            yield { kind: "selection", start, end, ...mark };
        }
        for (const { entities } of this.#document.blocks.all) {
            for (const { entity, start, end } of entities) {
                yield { kind: "entity", start, end, name: entity };
            }
        }
    }

    #noticeLine() {
        const { number, block } = this.line;
        const known = this.#line;
        this.#line = { number, block, results: block && { ...block.results } };
        const isSame = known.number === number && known.block === block
            && known.results?.recommendations === block?.results.recommendations
            && known.results?.duplicate === block?.results.duplicate
            && known.results?.intent === block?.results.intent;
        if (!isSame) this.emit("line", this.#line);
    }
}

function historyKey({ key, ctrlKey, metaKey, shiftKey, altKey }) {
    if (!(ctrlKey || metaKey) || altKey) return undefined;
    if (key.toLowerCase() === "z") return shiftKey ? "historyRedo" : "historyUndo";
    return key === "y" && ctrlKey ? "historyRedo" : undefined;
}

function offsets(lines) {
    let at = 0;
    return lines.map((line) => {
        const start = at;
        at += line.length + 1;
        return start;
    });
}

/** The number of the line that holds `offset`. */
function lineAt(starts, offset) {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (starts[middle] <= offset) low = middle;
        else high = middle;
    }
    return low;
}

function endOfChange(ops) {
    return ops.reduce((end, op) => end + (op.retain ?? op.insert?.length ?? 0), 0);
}
