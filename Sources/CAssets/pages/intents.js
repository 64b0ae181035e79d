// The note beside a line: its intent, how sure the model is, and a menu that corrects it.

import { byId, element, percent, readable } from "./element.js";

const outOfScope = "out_of_scope";

/** Above these confidences a note reads as certain, and as likely; below as a guess. */
const [certain, likely] = [0.75, 0.5];

function level({ intent, confidence }) {
    if (intent === outOfScope) return "out";
    if (confidence >= certain) return "certain";
    return confidence >= likely ? "likely" : "guess";
}

/** Fills the notes of a surface and keeps the menu that opens from them. */
export class Intents {
    #client;
    /** Labels that were given here, by prediction: {label, isReported}. */
    #corrections = new Map();
    /** All labels that were seen, so that the menu can offer them. */
    #labels = new Set([outOfScope]);
    #menu = byId("menu");
    #open = null;
    #onClose;

    /** `onClose` is called when the menu was closed, to put the focus back. */
    constructor({ client, onClose }) {
        this.#client = client;
        this.#onClose = onClose;
        this.#menu.addEventListener("toggle", ({ newState }) => {
            if (newState === "closed") this.#closed();
        });
        this.#menu.addEventListener("keydown", (event) => this.#key(event));
        byId("other").addEventListener("submit", (event) => {
            event.preventDefault();
            const label = byId("label").value.trim().toLowerCase().replaceAll(/\s+/g, "_");
            if (label !== "") this.#choose(label);
        });
    }

    /** Draws the note of a line. */
    decorate({ note, block, number }) {
        const result = block?.results.intent;
        if (result === undefined) return note.replaceChildren();
        for (const { intent } of result.ranking) this.#labels.add(intent);
        const correction = this.#corrections.get(result.prediction);
        const intent = correction?.label ?? result.intent;
        const verdict = correction && reported(correction, result);
        const button = element("button", {
            type: "button", className: "intent", tabIndex: -1,
            data: {
                level: correction ? "corrected" : level(result), intent,
                state: result.settled ? "settled" : "typed",
            },
            style: { "--share": result.confidence },
            ariaLabel: `Line ${number + 1}: ${readable(intent)}, `
                + `${verdict ?? percent(result.confidence)}`,
            title: verdict ?? found(block.entities), ariaHasPopup: "menu",
            onclick: () => this.open(note, result),
        },
        element("span", { className: "label" }, readable(intent)),
        element("span", { className: "share" }, correction
            ? correction.isReported ? "✓" : "…" : percent(result.confidence)));
        const hadFocus = note.contains(document.activeElement);
        note.replaceChildren(button);
        if (hadFocus) button.focus();
    }

    /** Opens the menu beside a note. */
    open(note, result) {
        this.#open = { note, result };
        const known = new Map(
            result.ranking.map(({ intent, confidence }) => [intent, confidence]));
        const rest = [...this.#labels].filter((label) => !known.has(label)).sort();
        byId("choices").replaceChildren(
            ...[...known.keys(), ...rest].map((label) => this.#choice(label, known.get(label))));
        byId("why").replaceChildren();
        this.#place(note);
        this.#menu.showPopover();
        (this.#menu.querySelector("[aria-checked=true]") ?? this.#menu.querySelector("button"))
            .focus();
        this.#explain(result);
    }

    #choice(label, confidence) {
        const { result } = this.#open;
        const chosen = this.#corrections.get(result.prediction)?.label ?? result.intent;
        return element("button", {
            type: "button", role: "menuitemradio", ariaChecked: `${label === chosen}`,
            style: { "--share": confidence ?? 0 },
            onclick: () => this.#choose(label),
        },
        element("span", { className: "label" }, readable(label)),
        element("span", { className: "share" },
            confidence === undefined ? "" : percent(confidence)));
    }

    async #choose(label) {
        const { note, result: { prediction } } = this.#open;
        const before = this.#corrections.get(prediction);
        const correction = { label, isReported: false };
        this.#corrections.set(prediction, correction);
        this.#labels.add(label);
        this.#menu.hidePopover();
        tell(note);
        try {
            await this.#client.feedback(prediction, label);
            correction.isReported = true;
            tell(note);
        } catch (error) {
            // Only what this one has put there: a later choice stays.
            if (this.#corrections.get(prediction) === correction) {
                if (before === undefined) this.#corrections.delete(prediction);
                else this.#corrections.set(prediction, before);
            }
            tell(note, `Not reported: ${error.message}`);
        }
    }

    async #explain({ prediction }) {
        try {
            const explanation = await this.#client.explain({ prediction });
            if (this.#open?.result.prediction === prediction) showReasons(explanation);
        } catch {
            // A prediction too old to be explained is no reason to trouble anybody.
        }
    }

    #place(note) {
        const box = note.getBoundingClientRect();
        const { style } = this.#menu;
        style.setProperty("--top", `${Math.min(box.top, innerHeight - 380)}px`);
        style.setProperty("--right", `${Math.max(8, innerWidth - box.right)}px`);
    }

    #key(event) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        const stops = [...this.#menu.querySelectorAll("button, input")];
        const index = stops.indexOf(document.activeElement) + step;
        stops[(index + stops.length) % stops.length].focus();
    }

    #closed() {
        byId("label").value = "";
        this.#open = null;
        this.#onClose();
    }
}

/** Says what has become of a correction. */
function reported({ label, isReported }, { intent }) {
    if (!isReported) return "being reported";
    return label === intent ? "reported as right" : `reported instead of ${readable(intent)}`;
}

/** Has the surface draw the notes anew, and the page show what went wrong. */
function tell(note, trouble) {
    note.dispatchEvent(new CustomEvent("corrected", { bubbles: true, detail: trouble }));
}

/** Names the entities of a line, each kind once. */
function found(entities) {
    return [...new Set(entities.map(({ entity }) => readable(entity)))].join(", ");
}

/** Names the rule that gave the answer, or the words that spoke most for it and what they spoke against. */
function showReasons({ rule, words = [], contributions, runnerUp }) {
    if (rule) return byId("why").replaceChildren("Because of the rule ", element("b", {}, rule));
    const names = words.length > 0
        ? words.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share)
            .map(({ word, share }) => `${word} ${percent(share)}`)
        : contributions.filter(({ weight }) => weight > 0).map(({ feature }) => feature);
    const reasons = names.slice(0, 4).map((name) => element("b", {}, name));
    if (reasons.length === 0) return;
    const rest = runnerUp ? `, rather than ${readable(runnerUp)}` : "";
    byId("why").replaceChildren("Because of ", ...reasons.flatMap((reason, index) =>
        index === 0 ? [reason] : [", ", reason]), rest);
}
