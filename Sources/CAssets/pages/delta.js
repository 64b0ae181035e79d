// Operations on text: Quill Deltas restricted to insert, retain and delete. Pure functions.
//
// An operation is an array of {retain: n}, {insert: "…"} and {delete: n}; whatever it does not
// reach stays. All lengths count UTF-16 code units, as JavaScript strings do. Results are
// canonical: neighbours of one kind are merged, an insert stands before a delete, and no retain
// ends an operation, so that operations which do the same are equal.

/** Appends one component to `ops` in place and keeps it canonical. */
function push(ops, kind, value) {
    if (!value.length && !(value > 0)) return;
    const last = ops.at(-1);
    if (last?.[kind] !== undefined) {
        last[kind] += value;
    } else if (kind === "insert" && last?.delete !== undefined) {
        const deletion = ops.pop();
        push(ops, kind, value);
        ops.push(deletion);
    } else {
        ops.push({ [kind]: value });
    }
}

function finished(ops) {
    if (ops.at(-1)?.retain !== undefined) ops.pop();
    return ops;
}

/** Reads an operation in pieces of any length; past its end there is an endless retain. */
class Cursor {
    #ops;
    #index = 0;
    #used = 0;

    constructor(ops) {
        this.#ops = ops;
    }

    get atEnd() {
        return this.#index >= this.#ops.length;
    }

    get kind() {
        if (this.atEnd) return "retain";
        return Object.keys(this.#ops[this.#index])[0];
    }

    get left() {
        if (this.atEnd) return Infinity;
        const value = this.#ops[this.#index][this.kind];
        return (value.length ?? value) - this.#used;
    }

    /** Takes `count` units, not more than are left, and gives them: a text or a number. */
    take(count = this.left) {
        if (this.atEnd) return count;
        const value = this.#ops[this.#index][this.kind];
        const piece = value.slice?.(this.#used, this.#used + count) ?? count;
        if (count === this.left) {
            this.#index += 1;
            this.#used = 0;
        } else {
            this.#used += count;
        }
        return piece;
    }
}

/** The text after `ops`. Throws a RangeError where the operation reaches past the end. */
export function apply(text, ops) {
    let result = "";
    let at = 0;
    for (const op of ops) {
        if (op.insert !== undefined) {
            result += op.insert;
            continue;
        }
        const end = at + (op.retain ?? op.delete);
        if (end > text.length) throw new RangeError(`offset ${end} in a text of ${text.length}`);
        if (op.retain !== undefined) result += text.slice(at, end);
        at = end;
    }
    return result + text.slice(at);
}

/** One operation that does `first` and then `second`. */
export function compose(first, second) {
    const ops = [];
    const a = new Cursor(first);
    const b = new Cursor(second);
    while (!a.atEnd || !b.atEnd) {
        if (b.kind === "insert") {
            push(ops, "insert", b.take());
        } else if (a.kind === "delete") {
            push(ops, "delete", a.take());
        } else {
            const count = Math.min(a.left, b.left);
            const [made, kind] = [a.kind, b.kind];
            const piece = a.take(count);
            b.take(count);
            if (kind === "retain") push(ops, made, piece);
            else if (made === "retain") push(ops, "delete", count);
        }
    }
    return finished(ops);
}

/**
 * Rebases two operations on one text over each other: [later over earlier, earlier over later].
 *
 * The law: apply(apply(text, earlier), result[0]) === apply(apply(text, later), result[1]).
 * Where two inserts meet, that of `later`, which is committed later, stands to the left.
 */
export function transform(later, earlier) {
    const [laterOps, earlierOps] = [[], []];
    const a = new Cursor(later);
    const b = new Cursor(earlier);
    while (!a.atEnd || !b.atEnd) {
        if (a.kind === "insert") {
            push(earlierOps, "retain", a.left);
            push(laterOps, "insert", a.take());
        } else if (b.kind === "insert") {
            push(laterOps, "retain", b.left);
            push(earlierOps, "insert", b.take());
        } else {
            const count = Math.min(a.left, b.left);
            if (b.kind === "retain") push(laterOps, a.kind, count);
            if (a.kind === "retain") push(earlierOps, b.kind, count);
            a.take(count);
            b.take(count);
        }
    }
    return [finished(laterOps), finished(earlierOps)];
}

/**
 * Parts an operation in two, one after the other, of which the first is no larger than `limit`.
 *
 * The size counts a unit for each component and one more for each unit of inserted text.
 */
export function split(ops, limit) {
    let size = 0;
    let length = 0;
    for (const [index, op] of ops.entries()) {
        size += 1 + (op.insert?.length ?? 0);
        if (size > limit) return cut(ops, index, length, limit - size);
        length += op.retain ?? op.insert?.length ?? 0;
    }
    return [ops, []];
}

/** Parts `ops` in the component at `index`, which takes `-room` too much. */
function cut(ops, index, length, room) {
    const text = ops[index].insert ?? "";
    let kept = Math.max(0, text.length + room);
    if (splitsPair(text, kept)) kept -= 1;
    const piece = kept > 0 ? [{ insert: text.slice(0, kept) }] : [];
    const rest = kept > 0 ? [{ insert: text.slice(kept) }] : [ops[index]];
    return [
        finished(compose([], [...ops.slice(0, index), ...piece])),
        compose([], [{ retain: length + kept }, ...rest, ...ops.slice(index + 1)]),
    ];
}

/** The operation that takes `ops`, made on `text`, back. */
export function invert(ops, text) {
    const inverse = [];
    let at = 0;
    for (const op of ops) {
        if (op.insert !== undefined) {
            push(inverse, "delete", op.insert.length);
        } else if (op.delete !== undefined) {
            push(inverse, "insert", text.slice(at, at + op.delete));
            at += op.delete;
        } else {
            push(inverse, "retain", op.retain);
            at += op.retain;
        }
    }
    return finished(inverse);
}

/**
 * Where `offset` lies after `ops`. Order is kept.
 *
 * An offset at an insertion stays to the left of it, as a caret should while others type, unless
 * `stick` is "right"; one inside a deletion moves to its place.
 */
export function mapOffset(ops, offset, stick = "left") {
    let at = 0;
    for (const op of ops) {
        if (at > offset) break;
        if (op.retain !== undefined) {
            at += op.retain;
        } else if (op.delete !== undefined) {
            offset -= Math.min(op.delete, offset - at);
        } else if (at < offset || stick === "right") {
            offset += op.insert.length;
            at += op.insert.length;
        }
    }
    return offset;
}

/** The operation that puts `text` in place of the units from `start` up to `end`. */
export function replacement(start, end, text) {
    const ops = [];
    push(ops, "retain", start);
    push(ops, "insert", text);
    push(ops, "delete", end - start);
    return finished(ops);
}

const isLow = (unit) => unit >= 0xdc00 && unit <= 0xdfff;

/** The same with U+FFFD for each half of a surrogate pair that stands alone: that is no text. */
export function wellFormed(ops) {
    return ops.map((op) => op.insert?.toWellFormed ? { insert: op.insert.toWellFormed() } : op);
}

/** Whether `offset` lies between the two halves of a surrogate pair. */
function splitsPair(text, offset) {
    return isLow(text.charCodeAt(offset)) && text.codePointAt(offset - 1) > 0xffff;
}

/**
 * One replacement that turns `before` into `after` and splits no surrogate pair.
 *
 * `caret`, where the caret stands in `after`, decides among equal answers: of "aa" that became
 * "aaa" it says which of the three was typed.
 */
export function difference(before, after, caret = after.length) {
    const shorter = Math.min(before.length, after.length);
    const matching = (length, limit) => {
        while (length < limit && before.at(-1 - length) === after.at(-1 - length)) length += 1;
        return length;
    };
    let tail = matching(0, Math.min(shorter, after.length - caret));
    let head = 0;
    while (head < shorter - tail && before[head] === after[head]) head += 1;
    tail = matching(tail, shorter - head);
    if (splitsPair(before, head) || splitsPair(after, head)) head -= 1;
    const splitsTail = (text) => splitsPair(text, text.length - tail);
    if (splitsTail(before) || splitsTail(after)) tail -= 1;
    return replacement(head, before.length - tail, after.slice(head, after.length - tail));
}
