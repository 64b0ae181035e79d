// The key that a server may ask for, kept by the browser.

import { element } from "./element.js";

const name = "key";
const codes = ["unauthorized", "forbidden"];

/** What was entered before, if anything. */
export function savedKey() {
    return localStorage.getItem(name) ?? undefined;
}

/** Asks for a key if that is what an error of a client calls for, and loads the page anew. */
export function askForKey({ code, message }) {
    if (!codes.includes(code) || document.getElementById("access") !== null) return;
    const input = element("input", {
        type: "password", required: true, autocomplete: "current-password", ariaLabel: "Key",
    });
    const form = element("form", { method: "dialog" },
        element("h2", {}, "This server asks for a key"),
        element("p", { className: "faint" }, message),
        input, element("button", { className: "button" }, "Go on"));
    form.addEventListener("submit", () => {
        localStorage.setItem(name, input.value);
        location.reload();
    });
    const dialog = element("dialog", { id: "access", className: "access" }, form);
    document.body.append(dialog);
    dialog.showModal();
}
