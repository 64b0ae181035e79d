"""What the intent classifier is compared with: fastText, and scikit-learn's LinearSVC on TF-IDF.

nlu_peers.py train TOOL  < {"train", "validation", "test", "oos"?: CSV paths, "seed", "model"?: path to write}
nlu_peers.py time MODEL TEXTS ROUNDS
Prints one JSON object.
"""
import csv
import json
import random
import resource
import sys
import tempfile
import time


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [(row["text"], row["intent"]) for row in csv.DictReader(file)]


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def auroc(inside, outside):
    """The chance that what is in scope scores above what is not, ties counting half."""
    scores = sorted([(score, True) for score in inside] + [(score, False) for score in outside])
    rank_sum = start = 0
    while start < len(scores):
        end = start
        while end < len(scores) and scores[end][0] == scores[start][0]:
            end += 1
        rank_sum += (start + 1 + end) / 2 * sum(inner for _, inner in scores[start:end])
        start = end
    count = len(inside)
    return (rank_sum - count * (count + 1) / 2) / (count * len(outside))


class FastText:
    # Words alone, longer, or with their character n-grams; what is best on the validation set is taken.
    settings = [{"epoch": 25, "lr": 0.5}, {"epoch": 100, "lr": 1.0}, {"epoch": 25, "lr": 0.5, "minn": 2, "maxn": 5}]

    def fit(self, examples, seed, setting):
        import fasttext
        # It descends example by example: sorted by intent, as many files are, it learns less.
        examples = examples[:]
        random.Random(seed).shuffle(examples)
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            file.writelines(f"__label__{intent} {text}\n" for text, intent in examples)
            file.flush()
            self.model = fasttext.train_supervised(
                file.name, wordNgrams=2, dim=100, bucket=200_000, seed=seed, thread=2, verbose=0, **setting)

    def answers(self, texts):
        found = (self.model.f.predict(text + "\n", 1, 0.0, "strict") for text in texts)
        # Of a text without a known word it says nothing.
        return [(answer[0][1][len("__label__"):], answer[0][0]) if answer else ("", 0.0) for answer in found]

    def save(self, path):
        self.model.save_model(path)


class LinearSVC:
    settings = [{"C": 0.3}, {"C": 1}]

    def fit(self, examples, seed, setting):
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline, make_union
        from sklearn.svm import LinearSVC
        features = make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True))
        self.model = make_pipeline(features, LinearSVC(random_state=seed, **setting))
        self.model.fit([text for text, _ in examples], [intent for _, intent in examples])

    def answers(self, texts):
        scores = self.model.decision_function(texts)
        if scores.ndim == 1:
            scores = scores[:, None] * [[-1, 1]]
        return [(self.model.classes_[row.argmax()], float(row.max())) for row in scores]

    def save(self, path):
        import pickle
        with open(path, "wb") as file:
            pickle.dump(self.model, file)


def accuracy(tool, examples):
    answers = tool.answers([text for text, _ in examples])
    return sum(a == intent for (a, _), (_, intent) in zip(answers, examples)) / len(examples)


def train(name):
    plan = json.load(sys.stdin)
    tool = {"fastText": FastText, "LinearSVC": LinearSVC}[name]()
    examples, validation, test = (rows(plan[part]) for part in ("train", "validation", "test"))
    # Loading the library is no part of learning.
    tool.fit(examples[:20] + examples[-20:], 1, tool.settings[0])
    found = []
    for setting in tool.settings if plan.get("search") else [plan["setting"]]:
        start = cpu()
        tool.fit(examples, plan["seed"], setting)
        found.append({"cpu": cpu() - start, "setting": setting, "validation": accuracy(tool, validation)})
    best = max(found, key=lambda run: run["validation"])
    if best is not found[-1]:
        tool.fit(examples, plan["seed"], best["setting"])
    best["accuracy"] = accuracy(tool, test)
    if "oos" in plan:
        scores = [[score for _, score in tool.answers([text for text, _ in part])]
                  for part in (test, rows(plan["oos"]))]
        best["auroc"] = auroc(*scores)
    if "model" in plan:
        tool.save(plan["model"])
    print(json.dumps(best))


def measure(model, texts, rounds):
    """The time of fastText's C++ predict, called as directly as its wheel allows."""
    import fasttext
    predict = fasttext.load_model(model).f.predict
    lines = [text + "\n" for text, _ in rows(texts)]
    for line in lines:
        predict(line, 1, 0.0, "strict")
    times = []
    for _ in range(rounds):
        for line in lines:
            start = time.perf_counter_ns()
            predict(line, 1, 0.0, "strict")
            times.append(time.perf_counter_ns() - start)
    times.sort()
    print(json.dumps({"p50": times[len(times) // 2] / 1000, "p99": times[len(times) * 99 // 100] / 1000}))


if sys.argv[1] == "train":
    train(sys.argv[2])
else:
    measure(sys.argv[2], sys.argv[3], int(sys.argv[4]))
