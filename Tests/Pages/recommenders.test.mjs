// What the console shows of recommenders: curves, stages, explanations.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Course } from "../../Sources/CAssets/pages/course.js";
import { parts, recommended } from "../../Sources/CAssets/pages/explanation.js";
import { Metrics } from "../../Sources/CAssets/pages/metrics.js";
import { duration, rounded } from "../../Sources/CAssets/pages/number.js";
import { stages, versions } from "../../Sources/CAssets/pages/series.js";
import { randomSource } from "./random.mjs";

const reading = new Metrics(`hunch_model_live{model="a@1",kind="ranker"} 0
hunch_model_live{model="a@2",kind="ranker"} 1
hunch_online_metric{corpus="c",source="editor",model="a@1",arm="",metric="ctr"} 0.25
hunch_online_metric{corpus="c",source="editor",model="a@2",arm="",metric="ctr"} 0.5
hunch_online_metric{corpus="c",source="editor",model="a@2",arm="b",metric="ctr"} NaN
hunch_online_metric{corpus="c",source="digest",model="a@2",arm="b",metric="ctr"} 1
hunch_stage_seconds_bucket{model="a@2",stage="score",le="0.001"} 4
hunch_stage_seconds_bucket{model="a@2",stage="score",le="+Inf"} 4
hunch_stage_seconds_sum{model="a@2",stage="score"} 0.002
hunch_stage_seconds_count{model="a@2",stage="score"} 4
hunch_stage_seconds_sum{model="a@2",stage="fetch/text"} 0.004
hunch_stage_seconds_count{model="a@2",stage="fetch/text"} 4
hunch_stage_seconds_count{model="a@1",stage="score"} 9
hunch_stage_candidates_total{model="a@2",stage="fetch/text"} 160
hunch_degraded_total{model="a@2",stage="fetch/text"} 1
`);

test("versions and arms of one place stand side by side, those in use marked", () => {
    const charts = [...versions(reading).values()];
    assert.deepEqual(charts, [
        { title: "ctr · digest", series: [{ name: "a@2 b", value: 1, isLive: true }] },
        { title: "ctr · editor", series: [
            { name: "a@1", value: 0.25, isLive: false },
            { name: "a@2", value: 0.5, isLive: true },
        ] },
    ]);
});

test("stages stand in the order in which they run, with means and what they leave", () => {
    assert.deepEqual(stages(reading), [{ model: "a@2", stages: [
        { stage: "fetch/text", mean: 0.001, p99: undefined, left: 40, degraded: 1 },
        { stage: "score", mean: 0.0005, p99: 0.001, left: 0, degraded: 0 },
    ] }]);
});

test("a course keeps its beginning and its end in few points", () => {
    for (let limit = 2; limit < 20; limit += 2) {
        const course = new Course(limit);
        for (let at = 0; at < 500; at += 1) {
            course.add(at, 2 * at);
            assert.ok(course.points.length <= limit);
            assert.equal(course.points.at(-1).at, at);
            assert.equal(course.last, 2 * at);
        }
        assert.ok(course.points[0].at < 4 * 500 / limit, `${course.points[0].at}`);
        const gaps = course.points.slice(1, -1).map(({ at }, index) =>
            at - course.points[index].at);
        assert.ok(new Set(gaps).size <= 1, `${gaps}`);
    }
});

test("a course fills its box", () => {
    const course = new Course();
    for (const [at, value] of [[10, 0], [20, 1], [30, 0.5]]) course.add(at, value);
    const box = { width: 100, height: 40, start: 10, end: 30, top: course.top };
    assert.equal(course.line(box), "0.00,40.00 50.00,0.00 100.00,20.00");
});

test("the parts of a score sum to it, the largest first, with their shares of the largest", () => {
    const random = randomSource(7);
    for (let round = 0; round < 100; round += 1) {
        const contributions = Array.from({ length: 12 }, (_, index) => (
            { feature: `f${index}`, weight: index % 3 === 0 ? 0 : random() - 0.5 }));
        const bias = random() - 0.5;
        const { rows, silent, score } = parts({ bias, contributions });
        assert.equal(silent, 4);
        assert.equal(rows.length, 9);
        assert.ok(Math.abs(rows.reduce((sum, { weight }) => sum + weight, 0) - score) < 1e-12);
        assert.equal(Math.abs(rows[0].share), 1);
        rows.forEach(({ share, weight }, index) => {
            assert.equal(Math.sign(share), Math.sign(weight));
            assert.ok(index === 0 || Math.abs(share) <= Math.abs(rows[index - 1].share));
        });
    }
});

test("a score without parts is nothing", () => {
    assert.deepEqual(parts({ bias: 0, contributions: [] }), { rows: [], silent: 0, score: 0 });
});

test("a list is what an event with a recommendation and items says", () => {
    assert.deepEqual(
        recommended({ recommendation: "r", items: ["b", "a"] }),
        { recommendation: "r", items: ["b", "a"] });
    for (const other of [{}, { items: ["a"] }, { recommendation: "r", items: [] }]) {
        assert.equal(recommended(other), undefined);
    }
});

test("numbers have three digits that count, times a unit", () => {
    assert.equal(rounded(0.123456), "0.123");
    assert.equal(rounded(0), "0");
    assert.deepEqual([0.0000012, 0.00005, 0.0123, 1.5].map(duration),
        ["1.2 µs", "50 µs", "12 ms", "1.5 s"]);
});
