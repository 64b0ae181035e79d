// Why an item was recommended: what each feature adds to its score, as bars.

import { element } from "./element.js";
import { rounded } from "./number.js";

/**
 * What a score is made of, the largest part first, each with its share of the largest.
 *
 * Gives {rows: [{feature, value, weight, share}], silent, score}: `share` lies in −1 … 1, `silent`
 * counts the features that add nothing, and `score` is the sum of all.
 */
export function parts({ bias = 0, contributions }) {
    const all = [{ feature: "bias", weight: bias }, ...contributions];
    const rows = all.filter(({ weight }) => weight !== 0)
        .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    const largest = Math.abs(rows[0]?.weight ?? 1);
    return {
        rows: rows.map((part) => ({ ...part, share: part.weight / largest })),
        silent: contributions.filter(({ weight }) => weight === 0).length,
        score: all.reduce((sum, { weight }) => sum + weight, 0),
    };
}

/** What the event log says of a list: {recommendation, items}, the best first; undefined of others. */
export function recommended({ recommendation, items }) {
    if (typeof recommendation !== "string" || !Array.isArray(items)) return undefined;
    return items.length > 0 ? { recommendation, items } : undefined;
}

/** A dialog that takes one list apart, item by item. */
export class ExplanationPanel {
    #client;
    #dialog;
    #choice = element("select", { id: "explained" });
    #body = element("div", { className: "parts", ariaLive: "polite" });
    #recommendation;

    constructor(client) {
        this.#client = client;
        this.#choice.addEventListener("change", () => this.#explain());
        this.#dialog = element("dialog", { id: "explanation", className: "explanation" },
            element("form", { method: "dialog" },
                element("h2", { id: "explanation-title" }, "Why this item?"),
                element("button", { className: "button" }, "Close")),
            element("label", { htmlFor: "explained" }, "Item "), this.#choice, this.#body);
        this.#dialog.setAttribute("aria-labelledby", "explanation-title");
        document.body.append(this.#dialog);
    }

    /** Opens on the best item of a list. */
    open({ recommendation, items }) {
        this.#recommendation = recommendation;
        this.#choice.replaceChildren(...items.map((value, index) =>
            element("option", { value }, `${index + 1}. ${value}`)));
        this.#dialog.showModal();
        this.#choice.focus();
        this.#explain();
    }

    async #explain() {
        const asked = { recommendation: this.#recommendation, item: this.#choice.value };
        const isCurrent = () => this.#recommendation === asked.recommendation
            && this.#choice.value === asked.item;
        this.#body.replaceChildren(element("p", { className: "faint" }, "Asking …"));
        const found = await this.#client.explain(asked).then(table, ({ message }) =>
            [element("p", { className: "trouble", role: "alert" }, message)]);
        if (isCurrent()) this.#body.replaceChildren(...found);
    }
}

/** A table, which the bars only draw: what they say stands beside them as numbers. */
function table(explanation) {
    const { rows, silent, score } = parts(explanation);
    const heads = ["Feature", "Value", "", "Adds"].map((name) =>
        element("th", { scope: "col" }, name));
    const caption = `${explanation.item ?? explanation.label} by ${explanation.model}`;
    return [
        element("table", {},
            element("caption", {}, caption),
            element("thead", {}, element("tr", {}, ...heads)),
            element("tbody", {}, ...rows.map(row)),
            element("tfoot", {}, element("tr", {},
                element("th", { scope: "row" }, "score"), element("td"), element("td"),
                element("td", {}, signed(score))))),
        ...(silent > 0 ? [element("p", { className: "faint" },
            `${silent} ${silent === 1 ? "feature adds" : "features add"} nothing.`)] : []),
    ];
}

function row({ feature, value, weight, share }) {
    return element("tr", {},
        element("th", { scope: "row" }, feature),
        element("td", {}, typeof value === "number" ? rounded(value) : ""),
        element("td", { className: "part", ariaHidden: "true" }, element("i", {
            className: share < 0 ? "negative" : "",
            style: { "--share": Math.abs(share).toFixed(4) },
        })),
        element("td", {}, signed(weight)));
}

/** With the sign that typography has for it. */
function signed(value) {
    return `${value < 0 ? "−" : "+"}${rounded(Math.abs(value))}`;
}
