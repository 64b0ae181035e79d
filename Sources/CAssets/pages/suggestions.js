// The panel of recommendations for the line with the caret.

import { byId, element } from "./element.js";

/** A list that stands so long, in ms, has been seen. */
const seenAfter = 1000;

/** Shows the recommendations of one block and tells the server what becomes of them. */
export class Suggestions {
    #client;
    #list = byId("suggestions");
    #shown;
    /** What was done with an item, by recommendation and item. */
    #actions = new Map();
    /** The recommendations that were seen, and the items that were opened, as they were told. */
    #told = new Set();
    #timer;

    constructor(client) {
        this.#client = client;
        document.addEventListener("visibilitychange", () => this.#awaitSeen());
    }

    /** Shows the recommendations of a block, or that there are none. */
    show(block) {
        const result = block?.results.recommendations;
        if (result === this.#shown) return;
        this.#shown = result;
        const items = (result?.items ?? []).filter((item) =>
            this.#action(result, item) !== "dismiss");
        const focused = document.activeElement;
        const item = focused.closest(".suggestion")?.dataset.item;
        this.#list.replaceChildren(...items.map((item) => this.#card(result, item)));
        this.#count();
        this.#awaitSeen();
        if (item === undefined) return;
        const kind = ["accept", "title"].find((name) => focused.classList.contains(name));
        this.#list.querySelector(`[data-item="${CSS.escape(item)}"] .${kind ?? "dismiss"}`)
            ?.focus();
    }

    /** Tells that the list was seen, once, when it has been on the screen for long enough. */
    #awaitSeen() {
        clearTimeout(this.#timer);
        const name = this.#shown?.prediction;
        const isOnScreen = document.visibilityState === "visible" && this.#cards.length > 0;
        if (!isOnScreen || this.#told.has(name)) return;
        this.#timer = setTimeout(() => {
            this.#told.add(name);
            hint(this.#client.saw(name));
        }, seenAfter);
    }

    #card(result, item) {
        const title = item.title ?? item.item;
        const [reason, ...more] = item.reasons ?? [];
        const details = element("div", { className: "details", hidden: true },
            ...more.map((reason) => element("p", { className: "reason" }, reason)),
            element("p", { className: "reason faint" }, item.item));
        const card = element("li", { className: "suggestion", data: { item: item.item } },
            element("button", {
                type: "button", className: "title", ariaExpanded: "false",
                onclick: ({ currentTarget }) => this.#open(result, item, currentTarget, details),
            }, title),
            ...(reason === undefined ? [] : [element("p", { className: "reason" }, reason)]),
            details,
            element("div", { className: "actions" },
                element("button", {
                    type: "button", className: "button accept", ariaLabel: `Useful: ${title}`,
                    onclick: () => this.#accept(result, item, card),
                }, "Useful"),
                element("button", {
                    type: "button", className: "button dismiss", ariaLabel: `Dismiss: ${title}`,
                    onclick: () => this.#dismiss(result, item, card),
                }, "Dismiss")));
        mark(card, this.#action(result, item));
        return card;
    }

    #open(result, item, button, details) {
        details.hidden = !details.hidden;
        button.ariaExpanded = `${!details.hidden}`;
        const name = key(result, item);
        if (this.#told.has(name)) return;
        this.#told.add(name);
        this.#tell(result, item, "click");
    }

    #accept(result, item, card) {
        this.#actions.set(key(result, item), "accept");
        mark(card, "accept");
        this.#tell(result, item, "accept");
    }

    /** What is dismissed leaves a line with which it comes back, until the list is another. */
    #dismiss(result, item, card) {
        this.#actions.set(key(result, item), "dismiss");
        this.#tell(result, item, "dismiss");
        const title = item.title ?? item.item;
        const undo = element("button", {
            type: "button", className: "button undo", ariaLabel: `Undo: dismissed ${title}`,
            onclick: () => {
                this.#actions.delete(key(result, item));
                this.#tell(result, item, "undo");
                line.replaceWith(card);
                card.querySelector(".dismiss").focus();
                this.#count();
            },
        }, "Undo");
        const line = element("li", { className: "dismissed" },
            element("span", {}, `Dismissed: ${title}`), undo);
        card.replaceWith(line);
        undo.focus();
        this.#count();
    }

    #tell(result, item, action) {
        hint(this.#client.interact(result.prediction, item.item, action));
    }

    get #cards() {
        return this.#list.querySelectorAll(".suggestion");
    }

    /** Says how many there are: to all if there are none, else to those who cannot see them. */
    #count() {
        const { length } = this.#cards;
        const state = byId("count");
        state.textContent = length === 0 ? "Nothing to suggest for it." : `${length} suggestions`;
        state.classList.toggle("hidden", length > 0);
    }

    #action(result, item) {
        return this.#actions.get(key(result, item));
    }
}

function key(result, item) {
    return `${result.prediction} ${item.item}`;
}

/** What became of a suggestion is a hint; nothing depends on its arrival. */
function hint(sending) {
    sending.catch(() => {});
}

function mark(card, action) {
    if (action !== "accept") return;
    card.classList.add("accepted");
    const button = card.querySelector(".accept");
    button.textContent = "Marked as useful";
    button.disabled = true;
}
