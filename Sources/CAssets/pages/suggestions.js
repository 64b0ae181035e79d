// The panel of recommendations for the line with the caret.

import { byId, element } from "./element.js";

/** Shows the recommendations of one block and tells the server what becomes of them. */
export class Suggestions {
    #client;
    #list = byId("suggestions");
    #shown;
    /** What was done with an item, by recommendation and item. */
    #actions = new Map();

    constructor(client) {
        this.#client = client;
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
        if (item === undefined) return;
        const kind = focused.classList.contains("accept") ? "accept" : "dismiss";
        this.#list.querySelector(`[data-item="${CSS.escape(item)}"] .${kind}`)?.focus();
    }

    #card(result, item) {
        const title = item.title ?? item.item;
        const card = element("li", { className: "suggestion", data: { item: item.item } },
            element("p", { className: "title" }, title),
            ...(item.reasons ?? []).slice(0, 1).map((reason) =>
                element("p", { className: "reason" }, reason)),
            element("div", { className: "actions" },
                element("button", {
                    type: "button", className: "button accept", ariaLabel: `Useful: ${title}`,
                    onclick: () => this.#act(result, item, "accept", card),
                }, "Useful"),
                element("button", {
                    type: "button", className: "button dismiss", ariaLabel: `Dismiss: ${title}`,
                    onclick: () => this.#act(result, item, "dismiss", card),
                }, "Dismiss")));
        mark(card, this.#action(result, item));
        return card;
    }

    #act(result, item, action, card) {
        this.#actions.set(`${result.prediction} ${item.item}`, action);
        if (action === "dismiss") {
            const neighbour = card.nextElementSibling ?? card.previousElementSibling;
            neighbour?.querySelector("button").focus();
            card.remove();
            this.#count();
        } else {
            mark(card, action);
        }
        this.#client.interact(result.prediction, item.item, action).catch(() => {
            // What became of a suggestion is a hint; nothing depends on its arrival.
        });
    }

    /** Says how many there are: to all if there are none, else to those who cannot see them. */
    #count() {
        const { length } = this.#list.children;
        const state = byId("count");
        state.textContent = length === 0 ? "Nothing to suggest for it." : `${length} suggestions`;
        state.classList.toggle("hidden", length > 0);
    }

    #action(result, item) {
        return this.#actions.get(`${result.prediction} ${item.item}`);
    }
}

function mark(card, action) {
    if (action !== "accept") return;
    card.classList.add("accepted");
    const button = card.querySelector(".accept");
    button.textContent = "Marked as useful";
    button.disabled = true;
}
