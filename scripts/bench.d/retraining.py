"""What editors notice while a model is trained anew beside them, as `hunch serve` does on a schedule."""
import json
import subprocess

from report import say, table

SECONDS = 40
QUANTILES = ("p50Micros", "p99Micros", "p999Micros", "maxMicros")
LABELS = ("edit→ack", "edit→results intent")


class Retraining:
    def __init__(self, bench):
        self.bench = bench

    def run(self):
        self.bench.train()
        project = self.bench.home / "models/bench/model.json"
        project.write_text(json.dumps({**json.loads(project.read_text()), "data": str(self.bench.data)}))
        path = self.bench.home / "environments/dev/environment.json"
        plain = path.read_text()
        scheduled = json.dumps({**json.loads(plain), "schedules": {"bench": "daily 03:00"}})
        rows = []
        for _ in range(self.bench.rounds):
            for label, content, flags in (("serving", plain, []), ("and training", scheduled, ["--catch-up"])):
                path.write_text(content)
                server = self.bench.serve(*flags)
                try:
                    report = self.load(server)
                finally:
                    server.stop()
                rows.append((label, report))
        path.write_text(plain)
        self.print(rows)

    def load(self, server):
        """200 editors at a rate that leaves the processors something to train with."""
        words = ["--connections", 200, "--documents", 50, "--rate", 2000, "--duration", SECONDS,
                 "--port", server.port, "--json"]
        run = subprocess.run([self.bench.hunch, "load", *map(str, words)], capture_output=True, text=True)
        return {**json.loads(run.stdout), "flawless": run.returncode == 0}

    def print(self, runs):
        rows = []
        for name, report in runs:
            for label in LABELS:
                found = report["latencies"][label]
                rows.append([name, label, found["count"], *(f"{found[key] / 1000:.2f}" for key in QUANTILES),
                             "yes" if report["flawless"] else "NO: " + json.dumps(report["faults"])[:200]])
        table(f"200 editors, 2,000 edits/s, {SECONDS} s; in ms",
              ["", "", "", "p50", "p99", "p99.9", "max", "flawless"], rows)
        words = ["list", "runs", "-n", "bench", "--json", "--home", str(self.bench.home)]
        listed = subprocess.run([self.bench.hunch, *words], check=True, capture_output=True, text=True)
        for run in map(json.loads, listed.stdout.splitlines()):
            took = sum(step.get("ended", 0) - step["began"] for step in run["steps"] if "ended" in step) / 1e6
            examples = next((step["output"]["examples"] for step in run["steps"] if step["step"] == "data"), "?")
            say(f"  trained with {examples} examples in {took:.1f} s: {run['status']}, {run.get('outcome', '')}")
