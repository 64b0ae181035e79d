// One line under the textarea: its text, invisible, with the marks that belong in it, and its note.

/** A row without text. */
export function makeRow() {
    const element = document.createElement("li");
    element.className = "line";
    const ghost = document.createElement("div");
    ghost.className = "ghost";
    ghost.ariaHidden = "true";
    const note = document.createElement("div");
    note.className = "note";
    element.append(ghost, note);
    return { element, ghost, note, isCurrent: false };
}

/** The Tab key stops at the note of the current line only. */
export function markCurrent(row, isCurrent) {
    row.isCurrent = isCurrent;
    row.element.classList.toggle("current", isCurrent);
    const button = row.note.querySelector("button");
    if (button !== null) button.tabIndex = isCurrent ? 0 : -1;
}

/**
 * Fills a row.
 *
 * A mark is {kind, start, end, name, peer?} with offsets of the line; the kinds are "caret",
 * "selection" and "entity". Marks take no room, so that the text breaks as in the textarea.
 */
export function drawText(row, text, marks = []) {
    const key = marks.length > 0 ? JSON.stringify(marks) : "";
    if (row.text === text && row.marks === key) return;
    row.text = text;
    row.marks = key;
    const cuts = [0, text.length, ...marks.flatMap(({ start, end }) => [start, end])]
        .sort((a, b) => a - b);
    const parts = cuts.flatMap((cut, index) => cut === cuts[index - 1] ? [] : [
        ...marks.filter(({ kind, start }) => kind === "caret" && start === cut).map(caret),
        piece(text, cut, cuts.find((next) => next > cut), marks),
    ]);
    row.ghost.replaceChildren(...parts);
}

/** The text from one cut to the next, with the marks that span it. */
function piece(text, start, end, marks) {
    const part = text.slice(start, end ?? start);
    const spanning = marks.filter((mark) => mark.start <= start && mark.end >= end);
    if (spanning.length === 0) return part;
    const element = document.createElement("span");
    element.textContent = part;
    for (const { kind, name, peer } of spanning) {
        element.classList.add(kind);
        if (kind === "entity") element.dataset.entity = name;
        else element.style.setProperty("--hue", hue(peer));
    }
    return element;
}

function caret({ peer, name }) {
    const element = document.createElement("span");
    element.className = "caret";
    element.dataset.name = name;
    element.style.setProperty("--hue", hue(peer));
    return element;
}

/** A hue for each peer, the same on all screens. */
export function hue(peer) {
    let hash = 0;
    for (const unit of peer) hash = (Math.imul(hash, 31) + unit.charCodeAt(0)) >>> 0;
    return (hash * 137.5) % 360;
}
