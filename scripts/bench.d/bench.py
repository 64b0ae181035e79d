"""Runs servers in turns, presses them, and prints medians and their ratios."""
import argparse
import contextlib
import csv
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from nlu import NLU
from ranking import Ranking
from report import say, skip, table
from retraining import Retraining
from swaps import Swaps
from trees import Trees

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHARED = ROOT.parent / "shared"
CACHE = pathlib.Path(tempfile.gettempdir()) / "hunch-bench"
HELLO = '{"type":"hello","protocol":1}'
PACKAGES = ["websockets", "scikit-learn", "picows", "uvloop", "orjson", "fasttext-wheel"]
SECONDS = 2


class Server:
    """A process that listens on a port of its own."""

    def __init__(self, name, command):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.name = name
        words = [str(word).replace("{port}", str(self.port)) for word in command]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.await_port()

    def await_port(self):
        for _ in range(600):
            if self.process.poll() is not None:
                sys.exit(f"bench: {self.name} has ended with code {self.process.returncode}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                # Models load while the port is open already.
                return time.sleep(1)
            time.sleep(0.1)
        sys.exit(f"bench: {self.name} does not listen on port {self.port}")

    def cpu(self):
        """Seconds of processor time; the clock of a process is named by its number (clock_getcpuclockid)."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(12)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Bench:
    def __init__(self, options):
        self.hunch, self.device, self.rounds = options.hunch, options.device, options.rounds
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="hunch-bench-"))
        clinc = SHARED / "data/nlu/clinc150"
        self.data = clinc / "train.csv"
        self.questions = clinc / "test.csv"
        if not self.data.exists():
            self.data = self.questions = ROOT / "Sources/CAssets/demo/intents.csv"

    # Devices.

    def measure(self, what, plan):
        """Has the measuring device do something; gives its figures."""
        run = subprocess.run(
            [self.device, what], input=json.dumps(plan), capture_output=True, text=True, timeout=900)
        if run.returncode != 0:
            sys.exit(f"bench: {run.stderr.strip()}")
        return json.loads(run.stdout)

    def press(self, server, **plan):
        return self.measure("press", {
            "port": server.port, "server": server.process.pid, "seconds": SECONDS, **plan})

    def start(self, name, command):
        return Server(name, command)

    def serve(self, *flags):
        return self.start("hunch", [self.hunch, "serve", "--home", self.home, "--port", "{port}", *flags])

    def train(self):
        """Trains and deploys the model that is served."""
        for words in (["train", "model", "-n", "bench", "--data", self.data],
                      ["deploy", "model", "-n", "bench"]):
            subprocess.run(
                [self.hunch, *words, "--home", self.home], check=True, capture_output=True)

    def alternate(self, servers, plans):
        """CPU µs a message: the medians of rounds in which each server has its turn at each plan."""
        found = {}
        for number in range(self.rounds):
            for label, plan in plans.items():
                for name, (server, extra) in list(servers.items())[::1 if number % 2 else -1]:
                    run = self.press(server, **plan, **extra)
                    found.setdefault((name, label), []).append(
                        (run["cpu"] * 1e6 / run["messages"], run["messages"] / run["seconds"]))
        return {key: tuple(map(statistics.median, zip(*runs))) for key, runs in found.items()}

    # Parts.

    def echo(self):
        source = SHARED / "tools/perf/cecho.c"
        if not source.exists() or not shutil.which("gcc"):
            return skip("echo", "it needs gcc and ../shared/tools/perf, a C echo over bare epoll")
        device = self.home / "cecho"
        subprocess.run(["gcc", "-O2", "-w", "-o", device, source], check=True)
        servers = {"C, bare epoll": (Server("cecho", [device, "{port}", "ws"]), {}),
                   "hunch serve --echo": (self.serve("--echo"), {})}
        plans = {f"depth {depth}": {"path": "/echo", "messages": ["x" * 100], "depth": depth}
                 for depth in (1, 16)}
        with stopping(servers):
            found = self.alternate(servers, plans)
        compare("Echo of 100 bytes, 64 WebSocket connections: CPU of the server",
                "C, bare epoll", servers, plans, found, lambda own, base: own / base)

    def classify(self):
        python, models = self.competitors()
        with self.questions.open(newline="", encoding="utf-8") as file:
            texts = [row["text"] for row in csv.DictReader(file)][:4000]
        messages = [json.dumps({"type": "classify", "id": i, "text": text})
                    for i, text in enumerate(texts)]
        self.train()
        hello = {"greetings": [HELLO]}
        servers = {"hunch": (self.serve(), hello)}
        if python:
            for name, file in (("websockets + scikit-learn", "sklearn_server.py"),
                               ("picows + uvloop + orjson + fastText", "fasttext_server.py")):
                servers[name] = (Server(name, [python, HERE / file, "{port}", models]), {})
        plans = {f"depth {depth}": {"messages": messages, "depth": depth} for depth in (1, 16)}
        with stopping(servers):
            found = self.alternate(servers, plans)
        compare("classify, 64 WebSocket connections: CPU of the server",
                "hunch", servers, plans, found, lambda own, base: own / base)

    def competitors(self):
        """The Python of a virtual environment with the competitors, and their models."""
        python = CACHE / "venv/bin/python"
        if not python.exists():
            say("bench: installing the Python competitors, once …")
            try:
                subprocess.run([sys.executable, "-m", "venv", CACHE / "venv"], check=True)
                subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
            except subprocess.CalledProcessError as error:
                shutil.rmtree(CACHE / "venv", ignore_errors=True)
                return skip("the Python competitors", error) or (None, None)
        digest = hashlib.sha256(self.data.read_bytes() + (HERE / "train.py").read_bytes())
        models = CACHE / digest.hexdigest()[:12]
        if not (models / "fasttext.bin").exists():
            say("bench: training the competitors' models …")
            models.mkdir(parents=True, exist_ok=True)
            subprocess.run([python, HERE / "train.py", self.data, models], check=True)
        return python, models

    def idle(self):
        self.train()
        own = '{"type":"open","doc":"bench/idle-%N%"}'
        # Answers of some length, so that both directions have a context.
        ask = '{"type":"classify","text":"the request of connection %N%"}'
        cases = [("after hello", 10_000, [HELLO], False),
                 ("with a document of its own open", 10_000, [HELLO, own], False),
                 ("after 20 classify", 2_000, [HELLO] + 20 * [ask], False),
                 ("after 20 classify, permessage-deflate", 2_000, [HELLO] + 20 * [ask], True)]
        rows = []
        for label, connections, greetings, compressed in cases:
            shutil.rmtree(self.home / "environments/dev/journal", ignore_errors=True)
            server = self.serve()
            with stopping({"": (server, {})}):
                run = self.press(
                    server, connections=connections, greetings=greetings, compress=compressed)
            growth = (run["residentConnected"] - run["residentBefore"]) / connections / 1024
            rows.append([label, connections, f"{growth:.2f}",
                         f"{run['connectCPU'] * 1e6 / connections:.0f}"])
        table("Idle connections", ["", "connections", "KiB each", "CPU µs to come"], rows)

    def documents(self):
        names = ["sveltecomponent", "rustcode", "seph-blog1", "friendsforever_flat", "automerge-paper"]
        traces = [SHARED / f"data/traces/{name}.json.gz" for name in names]
        if not all(trace.exists() for trace in traces):
            skip("documents", "the editing traces are not in ../shared/data/traces")
        else:
            rows = self.measure("traces", {"traces": list(map(str, traces))})["rows"]
            table("Editing traces in memory: ns an edit",
                  ["", "edits", "Document", "Text", "String", "String / Document"],
                  [[row["name"].removesuffix(".json.gz"), int(row["edits"]),
                    f"{row['commit']:.0f}", f"{row['text']:.0f}", f"{row['string']:.0f}",
                    f"{row['string'] / row['commit']:.1f}"] for row in rows])
        rows = self.measure("journal", {
            "path": str(self.home / "journal"), "inFlight": [1, 64, 1024], "seconds": SECONDS})["rows"]
        table("Journal on this disk, every commit synced", ["edits in flight", "edits a second"],
              [[int(row["inFlight"]), f"{row['rate']:.0f}"] for row in rows])

    def nlu(self):
        NLU(self).run()

    def ranking(self):
        Ranking(self).run()

    def trees(self):
        Trees(self).run()

    def vectors(self):
        Ranking(self).vectors()

    def recommend(self):
        ranking = Ranking(self)
        ranking.stages()
        if ranking.has_events("whole requests"):
            ranking.features()
            ranking.opening()
            ranking.requests()

    def retrain(self):
        Retraining(self).run()

    def swaps(self):
        Swaps(self).run()

    def editors(self):
        help_text = subprocess.run([self.hunch, "--help"], capture_output=True, text=True).stdout
        if not any(line.split()[:1] == ["load"] for line in help_text.splitlines()):
            return skip("editors", "this hunch has no command 'load'")
        self.train()
        rows = []
        server = self.serve()
        with stopping({"": (server, {})}):
            for editors, documents, rate in ((5, 1, 50), (5, 1, 300), (1000, 200, 5000)):
                start = server.cpu()
                words = ["--connections", editors, "--documents", documents, "--rate", rate,
                         "--duration", 5, "--port", server.port, "--json"]
                run = subprocess.run([self.hunch, "load", *map(str, words)], capture_output=True)
                edits = 5 * rate
                rows.append([editors, documents, rate, "yes" if run.returncode == 0 else "NO",
                             f"{(server.cpu() - start) * 1e6 / edits:.0f}"])
        table("Editing: hunch load, 5 s",
              ["editors", "documents", "edits/s", "flawless", "CPU µs an edit"], rows)


@contextlib.contextmanager
def stopping(servers):
    try:
        yield
    finally:
        for server, _ in servers.values():
            server.stop()


def compare(title, base, servers, plans, found, ratio):
    rows = []
    for label in plans:
        for name in servers:
            (cpu, rate), (cpu_of_base, _) = found[name, label], found[base, label]
            rows.append([name, label, f"{cpu:.2f}", f"{ratio(cpu, cpu_of_base):.2f}",
                         f"{rate:.0f}"])
    table(title, ["", "", "CPU µs a message", f"times {base}", "messages/s"], rows)


def main():
    parts = ["echo", "classify", "idle", "documents", "editors", "nlu", "ranking", "swaps",
             "retrain"]
    # What ranking measures as well.
    parts_of_ranking = ["trees", "vectors", "recommend"]
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("hunch")
    parser.add_argument("device")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(parts + parts_of_ranking))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if unknown := set(options.parts) - set(parts + parts_of_ranking):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; "
                     f"there are {', '.join(parts + parts_of_ranking)}")
    bench = Bench(options)
    say(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, medians of {options.rounds}")
    try:
        for part in options.parts or parts:
            getattr(bench, part)()
    finally:
        shutil.rmtree(bench.home, ignore_errors=True)


main()
