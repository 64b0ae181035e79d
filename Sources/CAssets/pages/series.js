// What a reading of `/metrics` says of recommenders, in the order in which it is shown. Pure.

const order = ["fetch", "filter", "features", "score", "rerank", "explore"];

/** The versions in use, as in "articles@3f0c…". */
function live(reading) {
    return new Set(reading.samples("hunch_model_live").filter(({ value }) => value === 1)
        .map(({ labels }) => labels.model));
}

/**
 * The online metrics, in the order of places and names: a Map of {title, series: [{name, value, isLive}]}.
 *
 * Each version, and each arm of an experiment, is a series of its own; one without a value is left out.
 */
export function versions(reading) {
    const used = live(reading);
    const charts = new Map();
    for (const { labels, value } of reading.samples("hunch_online_metric")) {
        if (!Number.isFinite(value)) continue;
        const { corpus, source, model, arm, metric } = labels;
        const key = JSON.stringify([source, corpus, metric]);
        if (!charts.has(key)) charts.set(key, { title: `${metric} · ${source}`, series: [] });
        const name = arm ? `${model} ${arm}` : model;
        charts.get(key).series.push({ name, value, isLive: used.has(model) });
    }
    return new Map([...charts].sort(([a], [b]) => a < b ? -1 : 1));
}

/**
 * The stages of each version in use that has run: [{model, stages}].
 *
 * A stage is {stage, mean, p99, left, degraded}: seconds, candidates left by the mean run, failures.
 */
export function stages(reading) {
    const used = live(reading);
    const found = new Map();
    for (const { labels, value: count } of reading.samples("hunch_stage_seconds_count")) {
        const { model, stage } = labels;
        if (count === 0 || !used.has(model)) continue;
        const total = (name) => reading.sum(name, { model, stage }) ?? 0;
        if (!found.has(model)) found.set(model, []);
        found.get(model).push({
            stage, mean: total("hunch_stage_seconds_sum") / count,
            p99: reading.quantile(0.99, "hunch_stage_seconds", { model, stage }),
            left: total("hunch_stage_candidates_total") / count,
            degraded: total("hunch_degraded_total"),
        });
    }
    const place = ({ stage }) => order.indexOf(stage.split("/")[0]);
    return [...found].map(([model, stages]) =>
        ({ model, stages: stages.sort((a, b) => place(a) - place(b)) }));
}
