"""The figures of boosted trees, beside LightGBM, XGBoost and lleaves on the same data and machine.

Data: the folder `rank` in ../shared/data, or in the folder that HUNCH_DATA names, for the quality; rows
that are made here for the speed. Settings are those that stand beside LightGBM's examples.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys

from report import say, skip, table

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PACKAGES = ["numpy==2.4.6", "scipy==1.17.1", "lightgbm==4.7.0", "xgboost==3.2.0"]
# It needs a compiler of its own version, which not every machine has a wheel for.
COMPILED = ["lleaves==1.3.0", "llvmlite==0.43.0"]
MODELS = [(100, 31), (500, 31), (100, 255)]
# lleaves takes minutes to compile larger ones.
LLEAVES_LIMIT = 100 * 31
BINARY = {"objective": "binary", "trees": 100, "leaves": 63, "leastRows": 50, "leastHessian": 5.0,
          "featureFraction": 0.8, "rowFraction": 0.8}
RANKING = {"objective": "rank:ndcg", "trees": 100, "leaves": 31, "leastRows": 50, "leastHessian": 5.0,
           "rowFraction": 0.9}
SPEED = {"objective": "rank:ndcg", "trees": 100, "leaves": 31}


class Trees:
    def __init__(self, bench):
        self.bench, self.rounds = bench, bench.rounds
        shared = os.environ.get("HUNCH_DATA") or ROOT.parent / "shared/data"
        self.source = pathlib.Path(shared) / "rank"
        self.folder = bench.home / "trees"
        self.folder.mkdir()
        self.python, self.has_lleaves = self.environment()

    def run(self):
        if not self.python:
            return
        self.data = self.peer("data", {"source": str(self.source), "folder": str(self.folder),
                                       "models": MODELS})
        if "binary-train" in self.data:
            self.quality()
        else:
            skip("quality of trees", f"there are no data in {self.source}; name their folder by HUNCH_DATA")
        self.training()
        self.scoring()

    def environment(self):
        """The Python of a virtual environment with the peers, and whether lleaves is among them."""
        folder = ROOT / ".build/peers"
        python, mark = folder / "trees/bin/python", folder / "trees-packages"
        if python.exists() and mark.exists() and mark.read_text().split("\n")[:-1] == PACKAGES:
            return python, mark.read_text().endswith("lleaves")
        say("bench: installing LightGBM, XGBoost and lleaves in .build/peers, once …")
        try:
            subprocess.run([sys.executable, "-m", "venv", folder / "trees"], check=True)
            subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
        except (subprocess.CalledProcessError, OSError) as error:
            return skip("trees", error), False
        compiled = subprocess.run([python, "-m", "pip", "install", "-q", *COMPILED], capture_output=True)
        has_lleaves = compiled.returncode == 0
        mark.write_text("\n".join([*PACKAGES, "lleaves" if has_lleaves else "without"]))
        return python, has_lleaves

    def peer(self, part, plan):
        run = subprocess.run([self.python, HERE / "trees_peers.py", part], input=json.dumps(plan),
                             capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"bench: {run.stderr.strip()}")
        return json.loads(run.stdout)

    def fit(self, tool, plan):
        if tool == "hunch":
            return self.bench.measure("trees", plan)["runs"]
        return self.peer("train", plan | {"tool": tool})["runs"]

    # Tables.

    def quality(self):
        rows = []
        for name, settings, measures in (("binary", BINARY, ["auc", "logLoss"]),
                                         ("ranking", RANKING, ["ndcg@10"])):
            plan = {"train": self.data[f"{name}-train"], "test": self.data[f"{name}-test"],
                    "settings": settings, "seeds": list(range(1, 11))}
            runs = {tool: self.fit(tool, plan) for tool in ("hunch", "LightGBM", "XGBoost")}
            for measure in measures:
                rows.append([f"{name}, {measure}", *(self.spread(runs[tool], measure) for tool in runs)])
        table("Quality on LightGBM's examples, mean of ten seeds",
              ["", "hunch", "LightGBM", "XGBoost"], rows)

    @staticmethod
    def spread(runs, measure):
        values = [run[measure] for run in runs]
        return f"{statistics.mean(values):.4f} ±{statistics.stdev(values):.4f}"

    def training(self):
        """Trainings of all, in alternation."""
        plan = {"train": self.data["synthetic"], "settings": SPEED, "seeds": [1]}
        found = {}
        for number in range(self.rounds):
            for tool in ("hunch", "LightGBM", "XGBoost")[::1 if number % 2 else -1]:
                found.setdefault(tool, []).append(self.fit(tool, plan)[0]["seconds"])
        base = statistics.median(found["LightGBM"])
        table("Training on 20,000 × 50 in 200 queries, 100 trees of 31 leaves, one thread",
              ["", "CPU s", "times LightGBM"],
              [[tool, f"{statistics.median(values):.2f}", f"{statistics.median(values) / base:.2f}"]
               for tool, values in sorted(found.items())])

    def scoring(self):
        """Requests of 100 different rows by every engine and model, in alternation."""
        found, rows = {}, []
        for trees, leaves in MODELS:
            for number in range(self.rounds):
                tools = ["hunch", "hunch, XGBoost's model", "LightGBM", "XGBoost"]
                tools += ["lleaves"] * (self.has_lleaves and trees * leaves <= LLEAVES_LIMIT)
                for tool in tools[::1 if number % 2 else -1]:
                    found.setdefault((trees, leaves, tool), []).append(self.score(tool, trees, leaves))
        for (trees, leaves, tool), runs in sorted(found.items()):
            own = statistics.median(run["micros"] for run in found[trees, leaves, "hunch"])
            micros = statistics.median(run["micros"] for run in runs)
            explained = [run["explanationMicros"] for run in runs if "explanationMicros" in run]
            rows.append([f"{trees} × {leaves}", tool, f"{micros:.1f}", f"{micros / own:.2f}",
                         f"{statistics.median(explained):.0f}" if explained else ""])
        table("A request of 100 different rows of 50 features, one thread: µs of CPU",
              ["trees × leaves", "", "scores", "times hunch", "a row explained"], rows)
        table("Greatest difference of scores from the model's own program", ["", ""], [
            [f"{trees} × {leaves}, {peer}", f"{self.difference(found, trees, leaves, own, peer):.1e}"]
            for trees, leaves in MODELS
            for own, peer in (("hunch", "LightGBM"), ("hunch, XGBoost's model", "XGBoost"))])

    def score(self, tool, trees, leaves):
        suffix = "json" if "XGBoost" in tool else "txt"
        plan = {"model": str(self.folder / f"{trees}x{leaves}.{suffix}"), "data": self.data["rows"],
                "candidates": 100, "rounds": 20}
        if tool.startswith("hunch"):
            return self.bench.measure("trees", {"score": plan})
        return self.peer("score", plan | {"tool": tool})

    @staticmethod
    def difference(found, trees, leaves, own, peer):
        pairs = zip(found[trees, leaves, own][0]["scores"], found[trees, leaves, peer][0]["scores"])
        return max(abs(a - b) for a, b in pairs)
