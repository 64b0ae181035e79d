// Prometheus' text format: sums, and quantiles of what came between two readings. Pure.

const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** One reading of `/metrics`. */
export class Metrics {
    #samples = new Map();

    constructor(text) {
        for (const line of text.split("\n")) {
            const [, name, labels = "", value] = line.match(sample) ?? [];
            if (name === undefined) continue;
            if (!this.#samples.has(name)) this.#samples.set(name, []);
            this.#samples.get(name).push({ labels: parse(labels), value: Number(value) });
        }
    }

    /** The sum of all samples of that name which bear these labels; undefined if there are none. */
    sum(name, labels = {}) {
        const samples = this.#matching(name, labels);
        if (samples.length === 0) return undefined;
        return samples.reduce((sum, { value }) => sum + value, 0);
    }

    /**
     * The upper bound of the bucket that holds a quantile of what a histogram got since `earlier`.
     *
     * Undefined if it got nothing.
     */
    quantile(quantile, name, labels = {}, earlier = new Metrics("")) {
        const before = earlier.#buckets(name, labels);
        const counts = [...this.#buckets(name, labels)]
            .map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)])
            .sort(([a], [b]) => a - b);
        const total = counts.at(-1)?.[1] ?? 0;
        if (total <= 0) return undefined;
        const index = counts.findIndex(([, count]) => count >= quantile * total);
        const [bound] = counts[index];
        return bound === Infinity ? counts[index - 1]?.[0] : bound;
    }

    #buckets(name, labels) {
        const buckets = new Map();
        for (const sample of this.#matching(`${name}_bucket`, labels)) {
            const bound = sample.labels.le === "+Inf" ? Infinity : Number(sample.labels.le);
            buckets.set(bound, (buckets.get(bound) ?? 0) + sample.value);
        }
        return buckets;
    }

    /** The samples of that name, as [{labels, value}]. */
    samples(name) {
        return this.#samples.get(name) ?? [];
    }

    #matching(name, labels) {
        const wanted = Object.entries(labels);
        return this.samples(name).filter((sample) =>
            wanted.every(([key, value]) => sample.labels[key] === value));
    }
}

function parse(labels) {
    return Object.fromEntries([...labels.matchAll(label)].map(([, key, value]) =>
        [key, value.replaceAll(/\\(.)/g, (_, unit) => unit === "n" ? "\n" : unit)]));
}
