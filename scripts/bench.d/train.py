"""Trains what the competitors serve, on the same examples: train.py CSV FOLDER."""
import csv
import pathlib
import pickle
import random
import sys

import fasttext
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

source, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
with source.open(newline="", encoding="utf-8") as file:
    rows = [(row["text"], row["intent"]) for row in csv.DictReader(file)]
texts, intents = zip(*rows)

model = make_pipeline(
    TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10, max_iter=300))
model.fit(texts, intents)
(folder / "sklearn.pickle").write_bytes(pickle.dumps(model))

# fastText descends example by example: sorted by intent, as many files are, it learns little.
random.Random(1).shuffle(rows)
lines = folder / "fasttext.txt"
lines.write_text("".join(f"__label__{intent} {text}\n" for text, intent in rows), encoding="utf-8")
fast = fasttext.train_supervised(
    str(lines), wordNgrams=2, dim=100, bucket=200_000, epoch=25, lr=0.5, verbose=0)
fast.save_model(str(folder / "fasttext.bin"))
