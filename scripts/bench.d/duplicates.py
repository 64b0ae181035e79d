"""The plan of `hunch-bench duplicates`, made of public texts, and its figures as a table.

    python3 scripts/bench.d/duplicates.py BINARY DATA [--tune] [--seed N] [--items N] [--json]

DATA is the folder with clinc150, snips and madewithml. Settings were chosen with --tune, on the training
parts; without it the texts are those of the validation and test parts, which no setting has seen.
"""
import argparse
import csv
import json
import pathlib
import subprocess


def texts(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file)]


def forms(folder, pattern):
    """Sentences with their slots, as SNIPS marks them."""
    sentences = []
    for path in sorted(folder.glob(pattern)):
        text = path.read_bytes().decode("utf-8", errors="replace")
        for examples in json.loads(text).values():
            for example in examples:
                sentences.append(
                    [{"text": part["text"], **({"slot": part["entity"]} if "entity" in part else {})}
                     for part in example["data"]])
    return sentences


def plan(data, tune):
    names = ["train"] if tune else ["valid", "test"]
    return {
        "utterances": sum((texts(data / "clinc150" / f"{name}.csv") for name in names), []),
        "descriptions": sum((texts(data / "madewithml" / f"{name}.csv") for name in names), []),
        "forms": forms(data / "snips" / "original",
                       "*/train_*_full.json" if tune else "*/validate_*.json"),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--near-words", type=int)
    parser.add_argument("--thresholds", type=float, nargs="*", default=[])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    seed = arguments.seed or (1 if arguments.tune else 2)
    question = plan(arguments.data, arguments.tune) | {
        "seed": seed, "items": arguments.items, "cases": arguments.cases,
        "thresholds": arguments.thresholds}
    if arguments.near_words:
        question["nearWords"] = arguments.near_words
    run = subprocess.run([arguments.binary, "duplicates"], input=json.dumps(question),
                         capture_output=True, text=True, check=True)
    figures = json.loads(run.stdout)
    if arguments.json:
        total = figures["rows"][0][0]
        print(json.dumps({
            "items": figures["items"], "bytesPerItem": figures["bytesPerItem"],
            "microsecondsP50": figures["microseconds"]["p50"],
            "microsecondsP99": figures["microseconds"]["p99"],
            "precision": total["precision"], "recall": total["recall"],
            "lookalikesFound": total["lookalikesFound"]}))
        return
    times = figures["microseconds"]
    print(f"{figures['items']:.0f} texts, {figures['bytesPerItem']:.0f} bytes each; "
          f"an edit: {times['p50']:.1f} µs p50, {times['p99']:.1f} p99, {times['max']:.0f} at most")
    for rows in figures["rows"]:
        for row in rows:
            print(f"  {row['threshold']:.2f}  {row['name']:14} precision {row['precision']:.4f}  "
                  f"recall {row['recall']:.4f}  of {row['copies']:.0f}, "
                  f"lookalikes found {row['lookalikesFound']:.0f}")


main()
