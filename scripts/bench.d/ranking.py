"""Rankings from raw events: RankLens through our own features and training, and what features cost.

Data: the folder `rank` in ../shared/data, or in the folder that HUNCH_DATA names. Settings are chosen on the
last fifth of the training time; the test lists are read once, by what is printed.
"""
import json
import os
import pathlib

from report import skip, table

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Chosen by hand on the last fifth of the training time.
FORMULAS = {
    "smoothed click rate": {"clickRate": 1},
    "hand-tuned formula": {
        "clickRate": 1, "genres.userRate": 0.3, "tags.userRate": 0.2, "tags.taste": 0.3,
        "title.taste": 0.3, "vote_cnt": 0.02, "genres.taste": 0.05, "actors.rate": 0.2},
}
SETTINGS = {"objective": "rank:ndcg", "trees": 600, "learningRate": 0.05, "leastRows": 50, "patience": 100}
LEAVES = [4, 6, 8, 15]
# Nothing is drawn at random with these settings, so that one seed says it all.


class Ranking:
    def __init__(self, bench):
        self.bench = bench
        shared = os.environ.get("HUNCH_DATA") or ROOT.parent / "shared/data"
        self.events = pathlib.Path(shared) / "rank/ranklens/events.jsonl.gz"

    def run(self):
        if not self.events.exists():
            return skip("ranking", f"there is no {self.events}; name the folder of data by HUNCH_DATA")
        self.quality()
        self.features()

    def quality(self):
        found = self.bench.measure("ranklens", {
            "events": str(self.events), "formulas": FORMULAS, "seeds": [1],
            "sums": {"formula": FORMULAS["hand-tuned formula"]},
            "settings": [{**SETTINGS, "leaves": leaves} for leaves in LEAVES]})
        names = ["ndcg@10", "ndcg@1", "map", "mrr", "recall@10", "auc", "coverage@10"]
        rows = []
        for row in found["rows"]:
            better = (f"{row['difference']:+.4f} ({row['low']:+.4f} to {row['high']:+.4f})"
                      if "difference" in row else "")
            rows.append([row["name"], *(f"{row[name]:.4f}" for name in names), better,
                         f"{row['seconds']:.0f}" if "seconds" in row else ""])
        table(f"RankLens: {found['test']:.0f} later lists, trained on {found['train']:.0f} earlier ones, "
              f"{found['features']:.0f} features without the position",
              ["", *names, "NDCG@10 against the click rate, 95 %", "training s"], rows)
        published = [["random", "0.333"], ["order shown", "0.378"], ["logistic regression", "0.602"],
                     ["LightGBM LambdaMART 50 x 31", "0.605"], ["XGBoost rank:pairwise, with the position", "0.611"],
                     ["Metarank, as published, on 1,719 lists", "0.598"]]
        table("The same lists by others, from the note on rankings", ["", "NDCG@10"], published)

    def features(self):
        found = self.bench.measure("features", {
            "events": str(self.events), "candidates": 100, "requests": 200, "rounds": 20})
        table("Features of 100 candidates, one thread",
              ["features", "CPU µs a request", "best", "allocations", "CPU µs an event"],
              [[f"{found['features']:.0f}", f"{found['micros']:.0f}", f"{found['best']:.0f}",
                f"{found['allocations']:.0f}", f"{found['eventMicros']:.1f}"]])
