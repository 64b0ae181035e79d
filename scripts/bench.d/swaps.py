"""What editors notice of 1,000 swaps of a model: nothing that a steady server would not show them.

Two versions of the demo's classifier take turns on a running server while 200 editors type; beside each run the
same without swaps.
"""
import json
import socket
import statistics
import subprocess
import threading
import time

from report import say, table

# In so many runs, each beside one without swaps.
RUNS = 5
SWAPS = 200
EVERY = 0.1
SECONDS = SWAPS * EVERY + 2
QUANTILES = ("p50Micros", "p99Micros", "p999Micros", "maxMicros")
LABELS = ("edit→ack", "edit→results intent")


class Swaps:
    def __init__(self, bench):
        self.bench = bench

    def run(self):
        versions = self.versions()
        pairs, took = [], []
        for _ in range(RUNS):
            pair = []
            for swaps in (0, SWAPS):
                server = self.bench.serve()
                try:
                    report, times = self.press(server, versions, swaps)
                finally:
                    server.stop()
                took += times
                pair.append(report)
            pairs.append(pair)
        self.print(pairs)
        took.sort()
        if took:
            say(f"  {len(took)} swaps, each until its reply: p50 {took[len(took) // 2] * 1000:.1f} ms, "
                f"p99 {took[len(took) * 99 // 100] * 1000:.1f} ms")

    def print(self, pairs):
        """Medians of the runs; late is what took more than twice the p99 of the steady run beside it."""
        rows = []
        for label in LABELS:
            for place, name in enumerate(("steady", "with swaps")):
                found = [pair[place]["latencies"][label] for pair in pairs]
                late = sum(count for pair, latencies in zip(pairs, found)
                           for micros, count in latencies["distribution"]
                           if micros > 2 * pair[0]["latencies"][label]["p99Micros"])
                count = sum(latencies["count"] for latencies in found)
                faults = [pair[place]["faults"] for pair in pairs if not pair[place]["flawless"]]
                rows.append([name, label, count,
                             *(f"{statistics.median(each[key] for each in found) / 1000:.2f}" for key in QUANTILES),
                             f"{late} ({100 * late / count:.2f} %)",
                             "NO: " + json.dumps(faults)[:200] if faults else "yes"])
        table(f"200 editors, 2,000 edits/s, {RUNS} x {SECONDS:.0f} s, a swap each {EVERY * 1000:.0f} ms; in ms",
              ["", "", "", "p50", "p99", "p99.9", "max", "late", "flawless"], rows)

    def versions(self):
        hunch = [self.bench.hunch]
        at = ["--home", str(self.bench.home)]
        subprocess.run([*hunch, "create", "model", "-n", "swapped", *at], check=True, capture_output=True)
        found = []
        for seed in (1, 2):
            words = [*hunch, "train", "model", "-n", "swapped", "--from-scratch", "--seed", str(seed), "--json", *at]
            run = subprocess.run(words, check=True, capture_output=True, text=True)
            found.append(json.loads(run.stdout)["version"])
        subprocess.run([*hunch, "deploy", "model", "-n", "swapped", *at], check=True, capture_output=True)
        return found

    def press(self, server, versions, swaps):
        stop, times = threading.Event(), []
        swapping = threading.Thread(target=self.swap, args=(versions, swaps, times, stop))
        words = ["--connections", 200, "--documents", 50, "--rate", 2000, "--duration", f"{SECONDS:.0f}",
                 "--port", server.port, "--json", "--distribution"]
        swapping.start()
        run = subprocess.run([self.bench.hunch, "load", *map(str, words)], capture_output=True, text=True)
        stop.set()
        swapping.join()
        report = json.loads(run.stdout)
        report["flawless"] = run.returncode == 0
        return report, times

    def swap(self, versions, count, times, stop):
        if count == 0:
            return
        path = self.bench.home / "environments/dev/control.sock"
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(path))
            stream = control.makefile("rw")
            self.ask(stream, type="hello", protocol=1)
            start = time.monotonic()
            for number in range(count):
                if stop.is_set():
                    say(f"  only {number} swaps were made in time")
                    return
                # Evenly over the time that editors type.
                time.sleep(max(0, start + number * EVERY - time.monotonic()))
                begin = time.monotonic()
                reply = self.ask(stream, type="deploy", id=number, model="swapped", version=versions[number % 2])
                times.append(time.monotonic() - begin)
                if reply["type"] != "deployed":
                    say(f"  swap {number}: {reply}")
                    return

    def ask(self, stream, **message):
        print(json.dumps(message), file=stream, flush=True)
        return json.loads(stream.readline())
