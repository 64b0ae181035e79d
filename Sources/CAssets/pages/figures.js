// The figures of the console, each with the course of its last minutes.

import { element } from "./element.js";
import { Metrics } from "./metrics.js";
import { duration } from "./number.js";

/** Time between readings in ms, and the number of readings in a sparkline. */
const pause = 2000;
const shownReadings = 60;

/** What is shown, each from a reading and the one before it, `seconds` ago. */
const measures = [
    ["Connections", (now) => now.sum("hunch_connections"), plain, "open now"],
    ["Documents", (now) => now.sum("hunch_documents"), plain, "in memory now"],
    ["Edits/s", rate("hunch_edits_total"), plain, "edits that made a revision"],
    ["Results/s", rate("hunch_messages_total", { direction: "out", type: "results" }), plain,
        "results sent to clients"],
    ["Errors/s", rate("hunch_errors_total"), plain, "errors answered or met"],
    ["Reported", reportedWrong, share, "answers that users have called wrong, of all answers"],
    ["Commit p99", p99("hunch_commit_seconds"), duration, "from an edit to its place on disk"],
    ["Queue p99", p99("hunch_queue_seconds"), duration, "from an edit to the model"],
    ["Loop p99", p99("hunch_loop_lag_seconds"), duration,
        "work of a loop in one round: what comes meanwhile waits so long at most"],
];

/** A counter has no sample before it counts for the first time. */
function rate(name, labels) {
    return (now, before, seconds) => before === undefined ? undefined
        : ((now.sum(name, labels) ?? 0) - (before.sum(name, labels) ?? 0)) / seconds;
}

function p99(name) {
    return (now, before) => now.quantile(0.99, name, {}, before);
}

function reportedWrong(now) {
    const answers = now.sum("hunch_answers_total");
    return answers && (now.sum("hunch_feedback_total", { verdict: "wrong" }) ?? 0) / answers;
}

function share(value) {
    return `${plain(100 * value)} %`;
}

function plain(value) {
    return value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** Reads `/metrics` again and again, and shows the measures in a description list. */
export class Figures {
    #tiles;
    #others;
    #before;
    #readAt;

    /** `others` get each reading too: read(metrics, at). */
    constructor(list, ...others) {
        this.#others = others;
        this.#tiles = measures.map(([name, measure, format, help]) => {
            const figure = element("b", {}, "–");
            const [line, curve] = sparkline();
            const value = element("dd", {}, figure, line);
            list.append(element("div", { title: help }, element("dt", {}, name), value));
            return { measure, format, figure, curve, values: [] };
        });
    }

    async start() {
        for (;;) {
            try {
                const response = await fetch("metrics");
                if (response.ok) this.#read(new Metrics(await response.text()), performance.now());
            } catch {
                // Without a server there are no figures; the status line says so.
            }
            await new Promise((resolve) => setTimeout(resolve, pause));
        }
    }

    #read(now, at) {
        const seconds = (at - this.#readAt) / 1000;
        for (const tile of this.#tiles) {
            const value = tile.measure(now, this.#before, seconds);
            tile.figure.textContent = value === undefined ? "–" : tile.format(value);
            tile.values = [...tile.values, value ?? 0].slice(-shownReadings);
            tile.curve.setAttribute("points", points(tile.values));
        }
        this.#before = now;
        this.#readAt = at;
        for (const other of this.#others) other.read(now, at);
    }
}

const namespace = "http://www.w3.org/2000/svg";

function sparkline() {
    const picture = document.createElementNS(namespace, "svg");
    picture.setAttribute("viewBox", `0 0 ${shownReadings - 1} 20`);
    picture.setAttribute("preserveAspectRatio", "none");
    picture.setAttribute("aria-hidden", "true");
    const curve = document.createElementNS(namespace, "polyline");
    picture.append(curve);
    return [picture, curve];
}

/** The newest value stands at the right; the largest reaches the top. */
function points(values) {
    const top = Math.max(...values) || 1;
    return values.map((value, index) =>
        `${shownReadings - values.length + index},${19 - 18 * (value / top)}`).join(" ");
}
