"""The figures of language understanding, beside fastText and scikit-learn on the same data.

Data: the folder `nlu` in ../shared/data, or in the folder that HUNCH_DATA names. What is not there is
skipped. Settings are chosen on the validation files alone; the test files are only read to be measured on.
"""
import csv
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys

from report import say, skip, table

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PACKAGES = ["numpy==1.26.4", "scipy==1.11.4", "scikit-learn==1.5.2", "fasttext-wheel==0.9.2"]
SETS = {"clinc150": "CLINC150", "snips": "SNIPS", "madewithml": "Made With ML"}
FEW = {"train_5.csv": "CLINC150, 5 an intent", "train_10.csv": "CLINC150, 10 an intent"}
PEERS = ["LinearSVC", "fastText"]


def percent(values):
    """Mean and standard deviation of shares."""
    mean = f"{100 * statistics.mean(values):.2f}"
    return f"{mean} ±{100 * statistics.stdev(values):.2f}" if len(values) > 1 else mean


class NLU:
    def __init__(self, bench):
        self.bench = bench
        self.hunch, self.device, self.home = bench.hunch, bench.device, bench.home
        self.rounds = bench.rounds
        shared = os.environ.get("HUNCH_DATA") or ROOT.parent / "shared/data"
        self.data = pathlib.Path(shared) / "nlu"
        self.python = self.environment()

    def run(self):
        found = [name for name in SETS if (self.data / name / "train.csv").exists()]
        if not found:
            return skip("nlu", f"there are no data sets in {self.data}; name their folder by HUNCH_DATA")
        self.accuracy(found)
        if "clinc150" in found:
            self.calibration()
            self.typing()
            self.speed()
            self.increment()
        self.others()

    def environment(self):
        """The Python of a virtual environment with the peers; nothing where it cannot be made."""
        folder = ROOT / ".build/peers"
        python = folder / "venv/bin/python"
        mark = folder / "packages"
        if python.exists() and mark.exists() and mark.read_text() == "\n".join(PACKAGES):
            return python
        say("bench: installing fastText and scikit-learn in .build/peers, once …")
        try:
            subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
            subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
        except (subprocess.CalledProcessError, OSError) as error:
            return skip("the peers", error)
        mark.write_text("\n".join(PACKAGES))
        return python

    # One training of each.

    def train(self, name, data, validation, seed):
        """Trains ours; gives the manifest's details and the CPU seconds of the whole process."""
        words = [self.hunch, "train", "model", "-n", name, "--data", data, "--validation", validation,
                 "--seed", str(seed), "--json", "--home", self.home]
        process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"bench: hunch train on {data} has failed")
        return json.loads(output), usage.ru_utime + usage.ru_stime

    def evaluate(self, name, test, *flags):
        words = [self.hunch, "evaluate", "model", "-n", name, "--data", test, "--json", *flags,
                 "--home", self.home]
        run = subprocess.run([str(word) for word in words], capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"bench: {run.stderr.strip()}")
        return json.loads(run.stdout)

    def peer(self, name, plan):
        run = subprocess.run([self.python, HERE / "nlu_peers.py", "train", name],
                             input=json.dumps(plan, default=str), capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"bench: {name}: {run.stderr.strip()}")
        return json.loads(run.stdout)

    def joined(self, name, *files):
        """One file of several with the same columns; those that are not there are left out."""
        return self.written(name, [row for file in files if file.exists() for row in self.rows(file)])

    def written(self, name, rows):
        path = self.home / name
        with path.open("w", newline="", encoding="utf-8") as output:
            writer = csv.DictWriter(output, ["text", "intent"])
            writer.writeheader()
            writer.writerows(rows)
        return path

    @staticmethod
    def rows(path):
        with path.open(newline="", encoding="utf-8") as file:
            return [{"text": row["text"], "intent": row["intent"]} for row in csv.DictReader(file)]

    # Tables.

    def accuracy(self, found):
        """Trains all on all, in alternation; of ours the models stay, named by data and seed."""
        self.runs = {}
        jobs = [(name, SETS[name], self.data / name, "train.csv") for name in found]
        if "clinc150" in found:
            clinc = self.data / "clinc150"
            jobs += [("clinc150-" + file.removesuffix(".csv"), title, clinc, file)
                     for file, title in FEW.items() if (clinc / file).exists()]
        rows = []
        for name, title, folder, file in jobs:
            runs = {tool: [] for tool in ["hunch", *(PEERS if self.python else [])]}
            for seed in range(1, self.rounds + 1):
                for tool in list(runs)[::1 if seed % 2 else -1]:
                    runs[tool].append(self.job(tool, name, folder, file, seed, runs[tool]))
            self.runs[name] = runs["hunch"]
            for tool, results in runs.items():
                aurocs = [run["auroc"] for run in results if "auroc" in run]
                rows.append([title, tool, percent([run["accuracy"] for run in results]),
                             f"{statistics.mean(aurocs):.3f}" if aurocs else "",
                             f"{statistics.median(run['cpu'] for run in results):.1f}"])
                title = ""
        table(f"Accuracy on test in %, mean of {self.rounds} seeds; CPU seconds of a training (of hunch with its "
              "search for settings, of the others a single fit)",
              ["", "", "accuracy", "out-of-scope AUROC", "CPU s"], rows)

    def job(self, tool, name, folder, file, seed, before):
        train, validation, test = folder / file, folder / "valid.csv", folder / "test.csv"
        oos = folder / "oos_test.csv"
        if tool == "hunch":
            settings = self.joined(f"{name}-validation.csv", validation, folder / "oos_valid.csv")
            manifest, cpu = self.train(f"{name}-{seed}", train, settings, seed)
            measures = self.evaluate(
                f"{name}-{seed}", self.joined(f"{name}-test.csv", test, oos),
                *(["--typing"] if file == "train.csv" and oos.exists() else []))
            run = {"accuracy": measures["accuracy"], "cpu": cpu, "measures": measures, "manifest": manifest}
            return run | ({"auroc": measures["outOfScopeAUROC"]} if oos.exists() else {})
        plan = {"train": train, "validation": validation, "test": test, "seed": seed}
        # Settings are searched with the first seed.
        plan |= {"setting": before[0]["setting"]} if before else {"search": True}
        if oos.exists():
            plan["oos"] = oos
        if tool == "fastText" and name == "clinc150" and seed == 1:
            plan["model"] = self.home / "fasttext.bin"
        return self.peer(tool, plan)

    def calibration(self):
        runs = self.runs["clinc150"]
        names = {"ece": "expected calibration error", "logLoss": "log loss", "macroF1": "macro F1",
                 "answeredAccuracy": "in scope, answered rightly at the threshold",
                 "outOfScopeRecall": "out of scope, caught at the threshold",
                 "outOfScopeAUROC": "out of scope, AUROC"}
        rows = [[title, f"{statistics.mean(run['measures'][name] for run in runs):.4f}"]
                for name, title in names.items() if name in runs[0]["measures"]]
        rows += self.fit(runs)
        size = statistics.mean(run["manifest"]["artifact"]["bytes"] for run in runs) / 1e6
        rows.append(["artifact, megabytes", f"{size:.2f}"])
        table(f"CLINC150, mean of {self.rounds} seeds", ["", ""], rows)

    def fit(self, runs):
        """What of a training is the fit, done again with the usual settings on one thread, and what the search."""
        clinc = self.data / "clinc150"
        plan = {"train": str(clinc / "train.csv"), "test": str(clinc / "test.csv"),
                "validation": str(self.home / "clinc150-validation.csv"), "search": False, "typing": False,
                "seeds": list(range(1, len(runs) + 1))}
        usual = self.bench.measure("training", plan | {"increment": 100})["runs"]
        whole = self.bench.measure("training", plan | {"prefixes": False})["runs"]
        fit = statistics.median(run["fitSeconds"] for run in usual)
        again = [run["again"] for run in usual]

        def accuracy(runs):
            return percent([run["accuracy"] for run in runs])

        return [["CPU s of a fit", f"{fit:.1f}"],
                ["CPU s of the search for settings before it",
                 f"{statistics.median(run['cpu'] for run in runs) - fit:.1f}"],
                ["accuracy % with the usual settings", accuracy(usual)],
                ["the same without beginnings of texts to learn from", accuracy(whole)],
                ["CPU s of going on from a version that lacks 100 of the examples",
                 f"{statistics.median(run['fitSeconds'] for run in again):.2f}"],
                ["accuracy % after it", accuracy(again)]]

    def typing(self):
        runs = [run["measures"]["typing"] for run in self.runs["clinc150"]]

        def mean(value):
            return statistics.mean(map(value, runs))

        columns = ["accuracy", "ece", "accuracyAtWord", "eceAtWord", "coverage", "precision"]
        rows = []
        for place, cut in enumerate(runs[0]["cuts"]):
            values = [mean(lambda run: run["cuts"][place][column]) for column in columns]
            rows.append([f"{100 * cut['share']:.0f} %", *(
                f"{value:.3f}" if column.startswith("ece") else f"{100 * value:.1f}"
                for column, value in zip(columns, values))])
        table("CLINC150 while it is typed, in %", ["typed", "cut anywhere", "ECE", "at a word border", "ECE",
                                                   "answer shown", "of these right"], rows)
        rows = [[f"{100 * noise['rate']:.0f} % of letters mistyped, accuracy %",
                 f"{100 * mean(lambda run: run['noise'][place]['accuracy']):.1f}"]
                for place, noise in enumerate(runs[0]["noise"])]
        for name, title in (("earliness", "answer final after this share of the text"),
                            ("rawChanges", "raw answer changes an utterance"),
                            ("shownChanges", "shown answer changes an utterance"),
                            ("shownFrom", "first shown at this share of the text")):
            rows.append([title, f"{mean(lambda run: run[name]):.3f}"])
        table("", ["", ""], rows)

    def speed(self):
        """One utterance, ours and fastText's in alternation."""
        details = self.runs["clinc150"][0]["manifest"]
        artifact = self.home / "registry" / "clinc150-1" / details["version"] / "artifact"
        texts = self.data / "clinc150/test.csv"
        ours, theirs = [], []
        for number in range(self.rounds):
            for turn in ("ours", "theirs")[::1 if number % 2 else -1]:
                if turn == "ours":
                    ours.append(self.bench.measure("intents", {
                        "artifact": str(artifact), "texts": str(texts), "rounds": 3}))
                elif self.python:
                    run = subprocess.run(
                        [self.python, HERE / "nlu_peers.py", "time", self.home / "fasttext.bin", texts, "3"],
                        capture_output=True, text=True, check=True)
                    theirs.append(json.loads(run.stdout))

        def median(runs, name):
            return statistics.median(run[name] for run in runs)

        rows = [["hunch", f"{median(ours, 'p50'):.2f}", f"{median(ours, 'p99'):.2f}", "1.00"]]
        if theirs:
            ratio = median(theirs, "p50") / median(ours, "p50")
            rows.append(["fastText, C++ predict", f"{median(theirs, 'p50'):.2f}",
                         f"{median(theirs, 'p99'):.2f}", f"{ratio:.2f}"])
        table("One utterance of CLINC150, features included: µs", ["", "p50", "p99", "times hunch"], rows)
        rows = [["a key, all of the text scored again, µs", f"{median(ours, 'keyMean'):.2f}"],
                ["a key, the changed word only, µs", f"{median(ours, 'changedWordMean'):.2f}"],
                ["allocations in the steady state", f"{median(ours, 'allocations'):.0f}"],
                ["loading the artifact, ms", f"{median(ours, 'loadMillis'):.2f}"]]
        table("", ["", ""], rows)

    def increment(self):
        """Training again after 100 new examples, which goes on from the version before."""
        clinc = self.data / "clinc150"
        rows = self.rows(clinc / "train.csv")
        new = set(random.Random(1).sample(range(len(rows)), 100))
        old = self.written("old.csv", [row for number, row in enumerate(rows) if number not in new])
        settings = self.home / "clinc150-validation.csv"
        test = self.home / "clinc150-test.csv"
        found = []
        for data in (old, clinc / "train.csv"):
            _, cpu = self.train("increment", data, settings, 1)
            found.append((cpu, self.evaluate("increment", test)["accuracy"]))
        (first, _), (again, accuracy) = found
        whole = self.runs["clinc150"][0]
        table("CLINC150, training again after 100 new examples", ["", "CPU s", "accuracy %"],
              [["from nothing, with the search", f"{whole['cpu']:.1f}", f"{100 * whole['accuracy']:.2f}"],
               ["from the version before", f"{again:.1f}", f"{100 * accuracy:.2f}"],
               ["share of the time", f"{again / first:.2f}", ""]])

    def others(self):
        """What else hunch-bench measures of language understanding."""
        snips, projects = self.data / "snips/original", self.data / "madewithml"
        plans = [
            ("entities", "Entities of SNIPS, exact spans", {"snips": str(snips)}, snips),
            ("tags", "Tags of Made With ML", {
                "train": str(projects / "train.csv"), "test": str(projects / "test.csv"), "seeds": self.rounds,
                "tags": ["computer-vision", "natural-language-processing", "mlops"]}, projects),
            ("rules", "An utterance of CLINC150 against 1,000 rules, µs", {
                "texts": str(self.data / "clinc150/test.csv"), "rules": 1000}, self.data / "clinc150"),
        ]
        for what, title, plan, folder in plans:
            if folder.exists():
                self.print_numbers(title, self.bench.measure(what, plan))
            else:
                skip(what, f"{folder} is not there")
        if all((self.data / name).exists() for name in SETS):
            run = subprocess.run(
                [sys.executable, HERE / "duplicates.py", self.device, self.data, "--json"],
                capture_output=True, text=True, check=True)
            self.print_numbers("Near duplicates", json.loads(run.stdout))

    def print_numbers(self, title, figures):
        table(title, ["", ""], list(self.numbers(figures)))

    def numbers(self, figures, prefix=""):
        """The numbers of an object and of those in it, by their names."""
        for name, value in figures.items():
            if isinstance(value, dict):
                yield from self.numbers(value, f"{prefix}{name} ")
            elif isinstance(value, (int, float)):
                yield [prefix + name, f"{value:.4g}"]
