// Recommenders in the console: their online metrics as curves, version beside version, and their stages.

import { Course } from "./course.js";
import { element } from "./element.js";
import { duration, rounded } from "./number.js";
import { stages, versions } from "./series.js";

const [width, height] = [200, 48];
const namespace = "http://www.w3.org/2000/svg";

/** Fills a section, which is hidden where no recommender has been seen at work. */
export class Recommenders {
    #section;
    #charts = element("div", { className: "charts" });
    #stages = element("div", { className: "stages" });
    /** By what they show. */
    #drawn = new Map();
    #start;

    constructor(section) {
        this.#section = section;
        section.append(this.#charts, this.#stages);
    }

    /** Takes a reading of `/metrics` at a time in ms. */
    read(now, at) {
        this.#start ??= at;
        const found = versions(now);
        for (const [key, chart] of found) this.#chart(key, chart).read(chart, at, this.#start);
        const tables = stages(now).map(table);
        this.#stages.replaceChildren(...tables);
        this.#section.hidden = found.size + tables.length === 0;
    }

    #chart(key, { title }) {
        if (!this.#drawn.has(key)) {
            const chart = new Chart(title);
            this.#drawn.set(key, chart);
            this.#charts.append(chart.element);
        }
        return this.#drawn.get(key);
    }
}

/** The curves of one metric at one place. */
class Chart {
    #picture = document.createElementNS(namespace, "svg");
    #legend = element("ul");
    #series = new Map();

    constructor(title) {
        this.#picture.setAttribute("viewBox", `0 -1 ${width} ${height + 2}`);
        this.#picture.setAttribute("preserveAspectRatio", "none");
        this.#picture.setAttribute("aria-hidden", "true");
        this.element = element("figure", {},
            element("figcaption", {}, title), this.#picture, this.#legend);
    }

    read({ series }, at, start) {
        for (const { name, value, isLive } of series) this.#one(name).read(at, value, isLive);
        const all = [...this.#series.values()];
        const top = Math.max(...all.map(({ course }) => course.top));
        for (const one of all) {
            one.curve.setAttribute(
                "points", one.course.line({ width, height, start, end: at, top }));
        }
    }

    #one(name) {
        if (!this.#series.has(name)) {
            const one = new Series(name, this.#series.size);
            this.#series.set(name, one);
            this.#picture.append(one.curve);
            this.#legend.append(one.entry);
        }
        return this.#series.get(name);
    }
}

/** One version: its curve, and its entry in the legend. */
class Series {
    course = new Course();
    curve = document.createElementNS(namespace, "polyline");
    #figure = element("b");

    constructor(name, index) {
        // Colours that differ for everybody as far as they go; strokes differ besides.
        const [hue, dash] = [`${(160 + index * 137.5) % 360}`, ["none", "5 3", "2 2"][index % 3]];
        for (const [key, value] of [["--hue", hue], ["--dash", dash]]) {
            this.curve.style.setProperty(key, value);
        }
        this.entry = element("li", { style: { "--hue": hue } },
            element("i", { ariaHidden: "true" }), element("span", {}, name), this.#figure);
    }

    read(at, value, isLive) {
        this.course.add(at, value);
        this.#figure.textContent = rounded(value);
        this.entry.classList.toggle("live", isLive);
        this.entry.title = isLive ? "in use" : "no longer in use";
    }
}

/** The stages of a version: what they take, what they leave, and how often they failed. */
function table({ model, stages }) {
    const longest = Math.max(...stages.map(({ mean }) => mean)) || 1;
    const heads = ["Stage", "", "Mean", "p99", "Left", "Degraded"].map((name) =>
        element("th", { scope: "col" }, name));
    return element("table", {},
        element("caption", {}, `Stages of ${model}`),
        element("thead", {}, element("tr", {}, ...heads)),
        element("tbody", {}, ...stages.map(({ stage, mean, p99, left, degraded }) =>
            element("tr", {},
                element("th", { scope: "row" }, stage),
                element("td", { className: "share", ariaHidden: "true" },
                    element("i", { style: { "--share": (mean / longest).toFixed(4) } })),
                element("td", {}, duration(mean)),
                element("td", {}, p99 === undefined ? "–" : `≤ ${duration(p99)}`),
                element("td", {}, rounded(left)),
                element("td", { className: degraded > 0 ? "trouble" : "" }, `${degraded}`)))));
}
