// The console page: the live event log and a few figures.

import { askForKey, savedKey } from "./access.js";
import { byId, element } from "./element.js";
import { ExplanationPanel, recommended } from "./explanation.js";
import { Figures } from "./figures.js";
import { connect } from "./hunch.js";
import { Recommenders } from "./recommenders.js";

/** That many rows at most stay in the page. */
const rowLimit = 2000;
/** The log begins with the events of the last ten minutes. */
const past = 10 * 60_000;
/** How the protocol ends the names of durations, and how people write them. */
const unit = /(Micros|Ms|Seconds)$/;
const units = { Micros: "µs", Ms: "ms", Seconds: "s" };

const client = connect(
    `${location.origin.replace("http", "ws")}/ws`, { user: "console", token: savedKey() });
const log = byId("log");
const scroller = byId("scroller");
const types = new Set();
const figures = new Figures(byId("figures"), new Recommenders(byId("recommenders")));
const explanation = new ExplanationPanel(client);

let stopWatching = () => {};
let waiting = [];
let lost = 0;
let frame = 0;
let newest = { sequence: 0, time: 0 };

client.on("state", showConnection);
client.on("error", (error) => {
    showConnection(undefined, error.message);
    askForKey(error);
});
showConnection();
watch();
figures.start();

byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("change", ({ target }) => {
    if (target.id === "wrap") return log.classList.toggle("wrapped", target.checked);
    clear();
    watch();
});
byId("clear").addEventListener("click", clear);
byId("pause").addEventListener("click", ({ currentTarget }) => {
    currentTarget.ariaPressed = `${!isPaused()}`;
    schedule();
    showCounts();
});
log.addEventListener("click", ({ target }) => {
    const filter = { type: "events", doc: "doc", session: "session" }[target.dataset.filter];
    if (filter === undefined) return;
    const input = byId(filter);
    input.value = input.value === target.dataset.value ? "" : target.dataset.value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
});

function isPaused() {
    return byId("pause").ariaPressed === "true";
}

function filters() {
    const events = byId("events").value.split(/[\s,]+/).filter(Boolean);
    return { events, doc: byId("doc").value.trim(), session: byId("session").value.trim() };
}

/** The server filters by event and document; by session the page does, whose names are long. */
function watch() {
    const { events, doc } = filters();
    stopWatching();
    stopWatching = client.watch({
        ...(events.length > 0 && { events }), ...(doc !== "" && { doc }),
        since: (Date.now() - past) * 1000,
    }, receive);
}

function clear() {
    log.replaceChildren();
    waiting = [];
    lost = 0;
    newest = { sequence: 0, time: 0 };
    showCounts();
}

function receive(message) {
    const { sequence, time, session = "" } = message;
    // A watch that goes on over a new connection begins in the past again.
    if (sequence <= newest.sequence && time <= newest.time) return;
    newest = { sequence, time };
    lost += message.lost ?? 0;
    if (!session.startsWith(filters().session)) return;
    waiting.push(message);
    if (waiting.length > rowLimit) waiting = waiting.slice(-rowLimit);
    schedule();
}

function schedule() {
    frame ||= requestAnimationFrame(() => {
        frame = 0;
        if (!isPaused()) append(waiting.splice(0));
        showCounts();
    });
}

function append(events) {
    const isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40;
    log.append(...events.map(row));
    while (log.children.length > rowLimit) log.firstElementChild.remove();
    if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
}

function row(message) {
    const { type, id, lost, sequence, event, time, doc, session, ...rest } = message;
    noteType(event);
    return element("li", { data: { type: event, doc: doc ?? "" } },
        element("time", {}, clock(time)),
        filterButton("type", event), filterButton("doc", doc), filterButton("session", session),
        element("span", {}, ...explainButton(rest), ...Object.entries(rest).flatMap(([key, value]) =>
            [element("i", {}, key.replace(unit, "")), ` ${shown(key, value)}  `])));
}

/** A click on a value filters by it. The fields above do the same, so no key need stop here. */
function filterButton(filter, value = "") {
    return element("button", {
        type: "button", tabIndex: -1, title: value, data: { filter, value },
    }, filter === "session" ? value.slice(0, 6) : value);
}

/** What opens the explanation of a list; nothing for other events. */
function explainButton(fields) {
    const list = recommended(fields);
    if (list === undefined) return [];
    return [element("button", {
        type: "button", className: "explain", ariaLabel: `Explain ${list.items[0]}`,
        ariaHasPopup: "dialog", onclick: () => explanation.open(list),
    }, "Explain"), "  "];
}

function noteType(event) {
    if (types.has(event)) return;
    types.add(event);
    byId("types").replaceChildren(
        ...[...types].sort().map((value) => element("option", { value })));
}

function shown(key, value) {
    if (value === "") return "–";
    if (typeof value === "string") return value;
    if (typeof value !== "number") return JSON.stringify(value);
    const short = Number.isInteger(value) ? value : Number(value.toPrecision(3));
    return [short, units[key.match(unit)?.[0]]].filter((part) => part !== undefined).join(" ");
}

function clock(microseconds) {
    const date = new Date(microseconds / 1000);
    return `${date.toLocaleTimeString("en-GB")}.${`${date.getMilliseconds()}`.padStart(3, "0")}`;
}

function showCounts() {
    const parts = [
        ...(lost > 0 ? [`${lost} lost`] : []),
        ...(isPaused() ? [`${waiting.length} waiting`] : []),
    ];
    byId("lost").textContent = parts.join(" · ");
    byId("pause").textContent = isPaused() ? "Go on" : "Pause";
}

function showConnection(_, trouble) {
    const texts = {
        connecting: "Connecting …", open: "Live", waiting: "No connection", closed: "Closed",
    };
    const state = byId("connection");
    state.textContent = trouble ?? texts[client.state];
    state.classList.toggle("trouble", trouble !== undefined || client.state === "waiting");
}
