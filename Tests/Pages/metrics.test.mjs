// Reading of Prometheus' text format.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "../../Sources/CAssets/pages/metrics.js";

const text = `# TYPE messages_total counter
messages_total{direction="in",type="edit"} 7
messages_total{direction="in",type="open"} 2
messages_total{direction="out",type="edit"} 30
quoted{text="a \\"b\\", c"} 1
commit_bucket{le="0.001"} 90
commit_bucket{le="0.01"} 99
commit_bucket{le="+Inf"} 100
`;

test("samples that bear the labels are summed", () => {
    const metrics = new Metrics(text);
    assert.equal(metrics.sum("messages_total", { direction: "in" }), 9);
    assert.equal(metrics.sum("messages_total"), 39);
    assert.equal(metrics.sum("quoted", { text: 'a "b", c' }), 1);
    assert.equal(metrics.sum("absent"), undefined);
});

test("a quantile is the bound of the bucket that holds it", () => {
    const metrics = new Metrics(text);
    assert.equal(metrics.quantile(0.5, "commit"), 0.001);
    assert.equal(metrics.quantile(0.99, "commit"), 0.01);
    assert.equal(metrics.quantile(1, "commit"), 0.01);
    assert.equal(metrics.quantile(0.5, "absent"), undefined);
});

test("a quantile counts only what came since the earlier reading", () => {
    const later = new Metrics(text
        .replace('commit_bucket{le="0.01"} 99', 'commit_bucket{le="0.01"} 199')
        .replace('commit_bucket{le="+Inf"} 100', 'commit_bucket{le="+Inf"} 200'));
    assert.equal(later.quantile(0.5, "commit", {}, new Metrics(text)), 0.01);
    assert.equal(later.quantile(0.5, "commit", {}, later), undefined);
});
