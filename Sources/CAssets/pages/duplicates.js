// The hint that the line with the caret stands in another place, too.

import { byId, element, percent } from "./element.js";

/** Places that are named; the rest is counted. */
const shown = 3;

/** Names the documents where a block stands as well, word by word or nearly so. */
export class Duplicates {
    #document;
    #hint = byId("duplicates");
    #line;
    #whole;

    /** `document` is the name of the one that is open. */
    constructor(document) {
        this.#document = document;
    }

    /** Shows where a block stands elsewhere, or nothing. */
    show(block) {
        if (block?.results.duplicate === this.#line) return;
        this.#line = block?.results.duplicate;
        this.#draw();
    }

    /** Takes what a message says of the document as a whole, if it does. */
    take({ kind, results }) {
        const whole = kind === "duplicate" && results.find(({ block }) => block === undefined);
        if (!whole) return;
        this.#whole = whole;
        this.#draw();
    }

    #draw() {
        const sentences = [
            this.#sentence(this.#whole, "This document is a copy of ", "This document is much like "),
            this.#sentence(
                this.#line, "This line also stands in ", "A line much like this stands in "),
        ].filter((sentence) => sentence.length > 0);
        this.#hint.hidden = sentences.length === 0;
        this.#hint.replaceChildren(...sentences.flatMap((sentence, index) =>
            (index === 0 ? sentence : [" ", ...sentence])));
    }

    #sentence(result, exact, near) {
        const places = byDocument(result?.duplicates ?? []);
        if (places.length === 0) return [];
        const names = places.slice(0, shown).map((place) => this.#name(place));
        const rest = places.length - names.length;
        return [
            places[0].exact ? exact : near,
            ...names.flatMap((name, index) => (index === 0 ? [name] : [", ", name])),
            rest > 0 ? ` and ${rest} more.` : ".",
        ];
    }

    #name({ doc, similarity, exact }) {
        const title = exact ? "The same words" : `${percent(similarity)} of the words in common`;
        if (doc === this.#document) return element("span", { title }, "this document");
        return element("a", { href: `#${encodeURIComponent(doc)}`, title }, doc);
    }
}

/** The first place of each document. */
function byDocument(places) {
    const seen = new Map();
    for (const place of places) if (!seen.has(place.doc)) seen.set(place.doc, place);
    return [...seen.values()];
}
