"""The plans of `hunch-bench vectors`, over clusters and public texts, and its figures as a table.

    python3 scripts/bench.d/vectors.py BINARY DATA [--tune] [--seed N] [--items N] [--rounds N] [--json]

DATA is the folder with clinc150 and madewithml. The breadth in use was chosen with --tune, on the training
parts and another seed; without it the texts are those of the validation and test parts.
"""
import argparse
import csv
import json
import pathlib
import subprocess


def texts(data, tune):
    found = []
    for name in ["train"] if tune else ["valid", "test"]:
        for folder in ("clinc150", "madewithml"):
            path = data / folder / f"{name}.csv"
            if path.exists():
                with open(path, newline="", encoding="utf-8") as file:
                    found += [row["text"] for row in csv.DictReader(file)]
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--breadths", type=int, nargs="*")
    parser.add_argument("--kinds", nargs="*", default=["clusters", "texts", "noise"])
    parser.add_argument("--dimensions", type=int, nargs="*", default=[64, 128])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    base = {"seed": arguments.seed or (1 if arguments.tune else 2), "items": arguments.items,
            "rounds": arguments.rounds, "queries": 500}
    sentences = texts(arguments.data, arguments.tune)
    plans = [{"data": kind, "dimensions": dimensions,
              "breadths": arguments.breadths or [max(dimensions, 64)], **({"texts": sentences} if kind == "texts" else {})}
             for kind in arguments.kinds for dimensions in arguments.dimensions]
    if not arguments.json:
        print(f"{arguments.items} vectors, the ten nearest of 500 queries, processor time of one thread")
    found = []
    for plan in plans:
        run = subprocess.run([arguments.binary, "vectors"], input=json.dumps(base | plan),
                             capture_output=True, text=True, check=True)
        figures = json.loads(run.stdout)
        for row in figures.pop("rows"):
            found.append({"data": plan["data"], **figures, **row})
            if not arguments.json:
                show(found[-1])
    if arguments.json:
        print(json.dumps(found))


def show(row):
    print(f"  {row['data']:9}{row['dimensions']:4.0f} dimensions  breadth {row['breadth']:3.0f}  "
          f"recall {row['recall']:.4f}  exact {row['exactMicroseconds']:7.1f} µs  "
          f"graph {row['graphMicroseconds']:6.1f} µs  ratio {row['ratio']:5.1f}  "
          f"an insertion {row['insertMicroseconds']:.0f} µs", flush=True)


main()
