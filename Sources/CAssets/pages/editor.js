// The editor page: one shared document, named by the address's fragment (#workspace/name).

import { askForKey, savedKey } from "./access.js";
import { Duplicates } from "./duplicates.js";
import { byId, element } from "./element.js";
import { connect } from "./hunch.js";
import { Intents } from "./intents.js";
import { hue } from "./row.js";
import { Suggestions } from "./suggestions.js";
import { Surface } from "./surface.js";

/** Carets are told at most that often, in ms. */
const caretPause = 80;
/** An edit that takes longer than that to be saved is shown as such. */
const savePatience = 400;
/** What the button in an empty document writes. */
const example = `Maria was charged twice and wants the second payment back
The parcel for the Lisbon office has not moved since Friday
Single sign-on fails with a blank page since the update
Jonas: call the carrier before noon
`;
let saving;

const name = decodeURIComponent(location.hash.slice(1)) || "demo/notes";
const user = localStorage.getItem("user") ?? `Guest ${Math.floor(Math.random() * 90) + 10}`;
localStorage.setItem("user", user);

document.title = `${name} · Hunch`;
byId("name").value = name;
byId("user").value = user;

const branch = new URLSearchParams(location.search).get("branch");
const client = connect(
    `${location.origin.replace("http", "ws")}/ws`, { user, branch, token: savedKey() });
client.on("state", showConnection);
client.on("error", (error) => {
    showConnection(undefined, error.message);
    askForKey(error);
});
showConnection();

const shared = await client.open(name).catch(({ message }) => {
    showConnection(undefined, message);
    return new Promise(() => {}); // Without a document the page goes no further.
});
const textarea = byId("text");
const suggestions = new Suggestions(client);
const duplicates = new Duplicates(name);
const intents = new Intents({ client, onClose: () => textarea.focus() });
const surface = new Surface({
    textarea, list: byId("lines"), document: shared,
    decorate: (row) => intents.decorate(row),
});

surface.on("line", ({ block }) => {
    suggestions.show(block);
    duplicates.show(block);
});
surface.on("caret", throttled(() => shared.announce(surface.selection), caretPause));
byId("lines").addEventListener("corrected", ({ detail }) => {
    surface.refresh();
    if (detail) showConnection(undefined, detail);
});

shared.on("change", showStart);
shared.on("presence", showOthers);
shared.on("results", showTiming);
shared.on("results", (message) => duplicates.take(message));
shared.on("state", showSaved);
shared.on("refused", ({ message }) => showConnection(undefined, message));
showOthers();
showSaved();
showStart();
textarea.focus();

addEventListener("keydown", (event) => {
    if (event.key === "." && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        surface.note(surface.line.number)?.querySelector("button")?.click();
    } else if (event.key === "Escape" && byId("menu").matches(":not(:popover-open)")) {
        textarea.focus();
    }
});
addEventListener("hashchange", () => location.reload());
addEventListener("beforeunload", (event) => {
    if (!shared.isSaved) event.preventDefault();
});
byId("go").addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = byId("name").value.trim().replaceAll(/\s+/g, "-");
    location.hash = wanted.includes("/") ? wanted : `${name.split("/")[0]}/${wanted}`;
});
byId("example").addEventListener("click", () => {
    shared.replace(0, 0, example);
    textarea.focus();
});
byId("me").addEventListener("submit", (event) => event.preventDefault());
byId("user").addEventListener("change", async ({ target }) => {
    localStorage.setItem("user", target.value.trim() || user);
    await shared.saved();
    location.reload();
});

/** An empty document says what to do. */
function showStart() {
    const isEmpty = shared.text === "";
    byId("start").hidden = !isEmpty;
    byId("side").classList.toggle("empty", isEmpty);
}

function showConnection(_, trouble) {
    const texts = {
        connecting: "Connecting …", open: "", closed: "Closed",
        waiting: "No connection. You can go on writing.",
    };
    const state = byId("connection");
    state.textContent = trouble ?? texts[client.state];
    state.classList.toggle("trouble", trouble !== undefined || client.state === "waiting");
}

function showSaved() {
    const state = byId("saved");
    state.dataset.saved = shared.isSaved;
    if (shared.isSaved) {
        clearTimeout(saving);
        saving = undefined;
        state.textContent = "Saved";
    } else {
        saving ??= setTimeout(() => state.textContent = "Not saved yet", savePatience);
    }
}

function showOthers() {
    byId("others").replaceChildren(...[...shared.others.values()].map(({ peer, user }) =>
        element("li", { title: user ?? "Guest", style: { "--hue": hue(peer) } },
            element("span", { className: "hidden" }, user ?? "Guest"),
            element("span", { ariaHidden: "true" }, initials(user ?? "Guest")))));
}

function showTiming({ kind, queuedMicros, computeMicros, roundTrip }) {
    if (kind !== "intent" || roundTrip === undefined) return;
    const [queued, computed] = [queuedMicros, computeMicros].map((micros) =>
        milliseconds(micros / 1000));
    byId("timing").textContent = `Intents ${milliseconds(roundTrip)} after the key: `
        + `${queued} queued, ${computed} computed`;
}

function milliseconds(value) {
    return `${value < 10 ? value.toFixed(value < 1 ? 2 : 1) : Math.round(value)} ms`;
}

function initials(user) {
    return user.split(/\s+/).map((word) => [...word][0]).join("").slice(0, 2).toUpperCase();
}

/** Calls `action` at once, and then at most once in `pause` ms, the last time too. */
function throttled(action, pause) {
    let timer;
    let isWanted = false;
    const run = () => {
        isWanted = false;
        action();
        timer = setTimeout(() => {
            timer = undefined;
            if (isWanted) run();
        }, pause);
    };
    return () => {
        isWanted = true;
        if (timer === undefined) run();
    };
}
