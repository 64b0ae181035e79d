"""Rankings: RankLens through our own features and training beside LightGBM and XGBoost on the very same rows, trees,
vectors, and what features, stages, whole requests and the opening of a recommender cost.

Data: the folder `rank` in ../shared/data, or in the folder that HUNCH_DATA names. Settings are chosen on the
last fifth of the training time; the test lists are read once, by what is printed.
"""
import csv
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

from report import say, skip, table
from trees import Trees

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


PEER_LEAVES = [6, 15, 31]
# What the stages are measured with: every way of fetching, and rerankers that look at vectors and fields.
STAGES = {
    "name": "notes", "kind": "ranker", "corpus": "note", "sources": ["editor"],
    "vectors": [{"name": "words", "from": "text", "dimensions": 64},
                {"name": "taste", "from": "interactions", "dimensions": 32}],
    "fetch": [{"by": "text", "limit": 40}, {"by": "vector", "space": "words", "limit": 40},
              {"by": "together", "limit": 20}, {"by": "popularity", "limit": 20}, {"by": "recency", "limit": 20}],
    "filter": [{"by": "dismissed"}, {"by": "seen", "most": 5}],
    "features": [{"name": "textSimilarity", "half": 8}, {"name": "coverage"}, {"name": "popularity"},
                 {"name": "recency", "halfLifeDays": 30}],
    "score": {"weights": {"textSimilarity": 1, "coverage": 0.5, "popularity": 0.5, "recency": 0.1}},
    "rerank": [{"by": "boost", "times": 1.2, "field": "author", "is": ["author7"]},
               {"by": "cap", "of": "author", "most": 3}, {"by": "diversity", "space": "words"}], "limit": 10}


class Ranking:
    def __init__(self, bench):
        self.bench = bench
        self.shared = pathlib.Path(os.environ.get("HUNCH_DATA") or ROOT.parent / "shared/data")
        self.events = self.shared / "rank/ranklens/events.jsonl.gz"

    def run(self):
        trees = Trees(self.bench)
        if self.has_events("ranking"):
            self.quality(trees)
            self.features()
            self.opening()
            self.requests()
        self.stages()
        self.vectors(["--dimensions", 64])
        trees.run()

    def has_events(self, part):
        if not self.events.exists():
            skip(part, f"there is no {self.events}; name the folder of data by HUNCH_DATA")
        return self.events.exists()

    # Quality.

    def quality(self, trees):
        folder = self.bench.home / "ranklens"
        folder.mkdir()
        found = self.bench.measure("ranklens", {
            "events": str(self.events), "formulas": FORMULAS, "seeds": [1],
            "sums": {"formula": FORMULAS["hand-tuned formula"]}, "weights": "hand-tuned formula",
            "export": str(folder), "settings": [{**SETTINGS, "leaves": leaves} for leaves in LEAVES]})
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
        self.peers(trees, found)
        published = [["random", "0.333"], ["order shown", "0.378"], ["logistic regression", "0.602"],
                     ["LightGBM LambdaMART 50 x 31", "0.605"], ["XGBoost rank:pairwise, with the position", "0.611"],
                     ["Metarank, as published, on 1,719 lists", "0.598"]]
        table("The same lists by others, from the note on rankings", ["", "NDCG@10"], published)

    def peers(self, trees, found):
        """Others on the same rows; what is chosen of them is chosen where ours is."""
        if not trees.python:
            return
        own = [row for row in found["rows"] if row["name"].startswith("trees")]
        rows = [["hunch", f"{row['ndcg@10']:.4f}", f"{row['validationNDCG']:.4f}", f"{row['trees']:.0f}",
                 f"{row['leaves']:.0f}", f"{row['seconds']:.0f}"] for row in own]
        for tool in ("LightGBM", "XGBoost"):
            run = trees.peer("ranklens", {**found["exports"], "tool": tool, "trees": 600, "leaves": PEER_LEAVES})
            rows.append([tool, f"{run['ndcg@10']:.4f}", f"{run['validationNDCG']:.4f}", run["trees"],
                         run["leaves"], f"{run['seconds']:.0f}"])
        table("Trees on the same rows; settings and numbers of trees chosen on the last fifth of the training time",
              ["", "NDCG@10", "there", "trees", "leaves", "CPU s in all"], rows)

    # Costs.

    def features(self):
        found = self.bench.measure("features", {
            "events": str(self.events), "candidates": 100, "requests": 200, "rounds": 20})
        table("Features of 100 candidates, one thread",
              ["features", "CPU µs a request", "best", "allocations", "CPU µs an event"],
              [[f"{found['features']:.0f}", f"{found['micros']:.0f}", f"{found['best']:.0f}",
                f"{found['allocations']:.0f}", f"{found['eventMicros']:.1f}"]])

    def opening(self):
        found = self.bench.measure("opening", {"events": str(self.events), "rounds": 3})
        table(f"Opening a recommender that learned of {found['events']:.0f} events: CPU ms",
              ["from its file", "by its log", "MB", "of it the state"],
              [[f"{found['openMillis']:.0f}", f"{found['learnMillis']:.0f}", f"{found['bytes'] / 1e6:.1f}",
                f"{found['stateBytes'] / 1e6:.1f}"]])

    def requests(self):
        """From when a request is due to its list: hunch load against hunch serve, each on a core of its own."""
        home = self.bench.home / "requests"
        ranker = self.bench.measure("ranker", {"events": str(self.events), "home": str(home), "name": "films"})
        (home / "users").write_text("\n".join(ranker["users"]))
        hunch = self.bench.hunch
        subprocess.run([hunch, "deploy", "model", "-n", "films", "--home", home], check=True, capture_output=True)
        server = self.bench.start("hunch", [*own_core(0), hunch, "serve", "--home", home, "--port", "{port}"])
        runs = {"even": [], "poisson": []}
        try:
            for number in range(self.bench.rounds):
                for arrivals, found in runs.items():
                    words = ["--connections", 50, "--documents", 50, "--rate", 1000, "--duration", 5,
                             "--seed", number, "--arrivals", arrivals, "--mix", "recommend=1", "--source", "shown",
                             "--users", home / "users", "--port", server.port, "--json"]
                    run = subprocess.run([*own_core(1), hunch, "load", *map(str, words)], capture_output=True,
                                         text=True)
                    found.append(json.loads(run.stdout))
        finally:
            server.stop()
        for arrivals, found in runs.items():
            self.tell_requests(ranker, arrivals, found)

    def tell_requests(self, ranker, arrivals, runs):
        rows = []
        for kind, label in (("recommend", "from when it was due to the list"), ("recommend, queued", "waiting in the server"),
                            ("recommend, computed", "fetching to logging")):
            rows.append([label, *(f"{statistics.median(run['latencies'][kind][q] for run in runs):.0f}"
                                  for q in ("p50Micros", "p99Micros", "p999Micros"))])
        lateness = statistics.median(run["generator"]["lateness"]["p99Micros"] for run in runs)
        rows.append(["the generator's own lateness", "", f"{lateness:.0f}", ""])
        table(f"A whole request, {arrivals} arrivals: 100 candidates, {ranker['features']:.0f} features, 100 trees of 31 leaves, 1,000 a "
              f"second on one core; {sum(not run['flawless'] for run in runs)} of {len(runs)} runs with faults: µs",
              ["", "p50", "p99", "p99.9"], rows)

    def stages(self):
        """A request stage by stage, over items made of sentences."""
        for items in (10_000, 100_000):
            found = self.bench.measure("recommend", {
                "definition": STAGES, "texts": sentences(self.bench), "items": items, "requests": 1000})
            table(f"Requests to {items} items: p50 {found['p50']:.0f} µs, p99 {found['p99']:.0f} µs of CPU; "
                  f"a click {found['interactionMicros']:.1f} µs",
                  ["stage", "µs", "candidates"],
                  [[row["stage"], f"{row['microseconds']:.1f}", f"{row['candidates']:.0f}"] for row in found["stages"]])

    def vectors(self, flags=()):
        say("")
        data = self.shared / "nlu"
        kinds = ["clusters", "texts"] if data.exists() else ["clusters"]
        words = [sys.executable, HERE / "vectors.py", self.bench.device, data, "--rounds", 3, "--kinds", *kinds, *flags]
        subprocess.run(list(map(str, words)), check=True)


def own_core(number):
    """What a command begins with to have a core of its own: before all else that runs there, where that is allowed."""
    if (os.cpu_count() or 1) < 2 or not shutil.which("taskset"):
        return []
    first = ["chrt", "--fifo", "1"]
    is_allowed = shutil.which("chrt") and subprocess.run([*first, "true"], capture_output=True).returncode == 0
    return [*(first if is_allowed else []), "taskset", "-c", str(number)]


def sentences(bench):
    with bench.questions.open(newline="", encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file)]
