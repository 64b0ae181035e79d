# Answers texts by a linear model that scikit-learn has fitted, without scikit-learn.
import array, json, math, re, sys, unicodedata
from collections import Counter

with open("linear.json") as file: model = json.load(file)
weights = array.array("d")  # shape (terms, outputs): the rows of terms, one after the other
with open("linear.weights", "rb") as file: weights.frombytes(file.read())
if sys.byteorder == "big": weights.byteswap()
vocabulary, labels = model["vocabulary"], model["labels"]
outputs = len(model["intercepts"])
token = re.compile(model["token"])
stop_words = set(model["stopWords"])
spaces = re.compile(r"\s\s+")


def terms(text):
    """The n-grams of a text, as the vectorizer's analyzer counts them."""
    if model["lowercase"]: text = text.lower()
    if model["accents"]:
        text = unicodedata.normalize("NFKD", text)
        if model["accents"] == "ascii": text = text.encode("ascii", "ignore").decode("ascii")
        else: text = "".join(c for c in text if not unicodedata.combining(c))
    least, most = model["ngrams"]
    if model["analyzer"] == "word":
        words = [word for word in token.findall(text) if word not in stop_words]
        return [" ".join(words[i:i + n]) for n in range(least, most + 1)
                for i in range(len(words) - n + 1)]
    text = spaces.sub(" ", text)
    if model["analyzer"] == "char":
        return [text[i:i + n] for n in range(least, most + 1) for i in range(len(text) - n + 1)]
    found = []
    for word in (f" {word} " for word in text.split()):
        for n in range(least, most + 1):
            found += [word[i:i + n] for i in range(max(len(word) - n, 0) + 1)]
            # A word shorter than an n-gram counts once.
            if len(word) <= n: break
    return found


def scores(text):
    """The margins of all outputs."""
    counts = Counter(column for column in map(vocabulary.get, terms(text)) if column is not None)
    values = {column: 1.0 if model["binary"] else float(n) for column, n in counts.items()}
    if model["sublinear"]: values = {c: math.log(v) + 1 for c, v in values.items()}
    if model["idf"]: values = {c: v * model["idf"][c] for c, v in values.items()}
    if model["norm"] and values:
        size = (math.sqrt(sum(v * v for v in values.values())) if model["norm"] == "l2"
                else sum(abs(v) for v in values.values()))
        values = {c: v / (size or 1) for c, v in values.items()}
    margins = list(model["intercepts"])
    for column, value in values.items():
        row = weights[column * outputs:(column + 1) * outputs]
        margins = [margin + value * weight for margin, weight in zip(margins, row)]
    return margins


def sigmoid(x): return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def shares(values):
    total = sum(values)
    return [value / total if total else 1 / len(values) for value in values]


def probabilities(margins):
    """The probabilities of the labels, in their order."""
    if model["link"] == "softmax":
        top = max(margins)
        return shares([math.exp(m - top) for m in margins])
    each = [sigmoid(m) for m in margins]
    return [1 - each[0], each[0]] if len(labels) == 2 else shares(each)


def answer(text):
    margins, folds = scores(text), model["folds"]
    size = outputs // len(folds)
    parts = []
    for fold, calibrators in enumerate(folds):
        part = margins[fold * size:(fold + 1) * size]
        if calibrators: part = [-(a * m + b) for (a, b), m in zip(calibrators, part)]
        parts.append(probabilities(part))
    means = [sum(column) / len(parts) for column in zip(*parts)]
    best = sorted(zip(labels, means), key=lambda pair: -pair[1])[:5]
    ranking = [{"intent": label, "confidence": min(max(p, 0), 1)} for label, p in best]
    return {**ranking[0], "ranking": ranking}


def serve():
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        batch = json.loads(line)
        answers = [answer(text) for text in batch["texts"]]
        print(json.dumps({"id": batch["id"], "answers": answers}), flush=True)


if __name__ == "__main__": serve()
