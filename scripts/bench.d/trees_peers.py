"""LightGBM, XGBoost and lleaves, as scripts/bench trees runs them: a plan on stdin, figures on stdout.

    python trees_peers.py data|train|score|ranklens < plan.json
"""
import contextlib
import json
import pathlib
import statistics
import sys
import time

import lightgbm
import numpy
import xgboost

ROWS, FEATURES, QUERY = 20_000, 50, 100


def write(path, values):
    numpy.ascontiguousarray(values, dtype="<f8").tofile(path)
    return str(path)


def read(path, features=None):
    values = numpy.fromfile(path, dtype="<f8")
    return values if features is None else values.reshape(-1, features)


def load(plan):
    """Examples as arrays, so that what is timed reads no file."""
    return {**plan, "values": read(plan["values"], plan["features"]), "labels": read(plan["labels"])}


def examples(folder, name, values, labels, queries=None):
    return {"features": values.shape[1], "values": write(folder / f"{name}.values", values),
            "labels": write(folder / f"{name}.labels", labels),
            **({"queries": list(map(int, queries))} if queries is not None else {})}


def binary(source, part):
    table = numpy.loadtxt(source / f"lightgbm-binary/binary.{part}")
    return table[:, 1:], table[:, 0]


def ranking(source, part):
    lines = (source / f"lightgbm-lambdarank/rank.{part}").read_text().splitlines()
    values, labels = numpy.zeros((len(lines), 300)), numpy.zeros(len(lines))
    for row, line in enumerate(lines):
        label, *entries = line.split()
        labels[row] = float(label)
        for entry in entries:
            feature, value = entry.split(":")
            values[row, int(feature) - 1] = float(value)
    queries = (source / f"lightgbm-lambdarank/rank.{part}.query").read_text().split()
    return values, labels, queries


def synthetic():
    """Rows half of real numbers and half of whole ones; five grades of relevance."""
    random = numpy.random.default_rng(1)
    x = random.normal(size=(ROWS, FEATURES))
    x[:, FEATURES // 2:] = numpy.round(2 * x[:, FEATURES // 2:])
    worth = (1.5 * x[:, 0] + x[:, 1] * x[:, 2] + numpy.sin(2 * x[:, 3]) + 0.5 * x[:, 30]
             + (x[:, 31] > 1) * x[:, 4] + random.normal(size=ROWS))
    return x, numpy.clip(numpy.floor(worth + 1.5), 0, 4)


def data(plan):
    """Writes the examples and the models that are scored."""
    source, folder = pathlib.Path(plan["source"]), pathlib.Path(plan["folder"])
    found = {}
    for part in ("train", "test"):
        if source.exists():
            found[f"binary-{part}"] = examples(folder, f"binary-{part}", *binary(source, part))
            found[f"ranking-{part}"] = examples(folder, f"ranking-{part}", *ranking(source, part))
    x, y = synthetic()
    found["synthetic"] = examples(folder, "synthetic", x, y, [QUERY] * (ROWS // QUERY))
    held = numpy.random.default_rng(2).permutation(x)[:2000]
    found["rows"] = examples(folder, "rows", held, numpy.zeros(len(held)))
    for trees, leaves in plan["models"]:
        name = folder / f"{trees}x{leaves}"
        settings = {"objective": "rank:ndcg", "trees": trees, "leaves": leaves}
        fit_lightgbm(load(found["synthetic"]), settings, 1).save_model(f"{name}.txt")
        fit_xgboost(load(found["synthetic"]), settings, 1).save_model(f"{name}.json")
    return found


def fit_lightgbm(plan, settings, seed):
    objective = {"binary": "binary", "rank:ndcg": "lambdarank"}[settings["objective"]]
    fraction = settings.get("rowFraction", 1)
    parameters = {
        "objective": objective, "num_leaves": settings["leaves"], "learning_rate": 0.1,
        "min_data_in_leaf": settings.get("leastRows", 20), "bagging_fraction": fraction,
        "min_sum_hessian_in_leaf": settings.get("leastHessian", 1e-3),
        "bagging_freq": int(fraction < 1), "feature_fraction": settings.get("featureFraction", 1),
        "num_threads": 1, "seed": seed, "bagging_seed": seed, "feature_fraction_seed": seed,
        "verbose": -1}
    table = lightgbm.Dataset(plan["values"], plan["labels"], group=plan.get("queries"))
    return lightgbm.train(parameters, table, settings["trees"])


def fit_xgboost(plan, settings, seed):
    parameters = {
        "objective": {"binary": "binary:logistic"}.get(settings["objective"], settings["objective"]),
        "max_leaves": settings["leaves"], "max_depth": 0, "grow_policy": "lossguide", "eta": 0.1,
        "tree_method": "hist", "subsample": settings.get("rowFraction", 1), "nthread": 1, "seed": seed,
        "colsample_bytree": settings.get("featureFraction", 1),
        "min_child_weight": settings.get("leastHessian", 1e-3)}
    table = xgboost.DMatrix(plan["values"], plan["labels"])
    if "queries" in plan:
        table.set_group(plan["queries"])
    return xgboost.train(parameters, table, settings["trees"])


def auc(scores, labels):
    order = numpy.argsort(scores, kind="stable")
    ranks = numpy.empty(len(order))
    ranks[order] = numpy.arange(1, len(order) + 1)
    good = labels > 0
    return (ranks[good].sum() - good.sum() * (good.sum() + 1) / 2) / (good.sum() * (~good).sum())


def ndcg(scores, labels, queries, count=10):
    values, start = [], 0
    for length in queries:
        gains = 2 ** labels[start:start + length] - 1
        order = numpy.argsort(-scores[start:start + length], kind="stable")
        discounts = 1 / numpy.log2(numpy.arange(2, min(length, count) + 2))
        best = (numpy.sort(gains)[::-1][:count] * discounts).sum()
        values.append((gains[order][:count] * discounts).sum() / best if best > 0 else 1)
        start += length
    return statistics.mean(values)


def train(plan):
    fit = {"LightGBM": fit_lightgbm, "XGBoost": fit_xgboost}[plan["tool"]]
    examples, test = load(plan["train"]), load(plan["test"]) if "test" in plan else None
    runs = []
    for seed in plan["seeds"]:
        start = time.process_time()
        model = fit(examples, plan["settings"], seed)
        run = {"seed": seed, "seconds": time.process_time() - start}
        if test:
            rows, labels = test["values"], test["labels"]
            scores = (model.predict(rows, raw_score=True) if plan["tool"] == "LightGBM"
                      else model.predict(xgboost.DMatrix(rows), output_margin=True))
            if "queries" in test:
                run["ndcg@10"] = ndcg(scores, labels, test["queries"])
            else:
                run["auc"] = auc(scores, labels)
                run["logLoss"] = float(numpy.logaddexp(0, numpy.where(labels > 0, -scores, scores)).mean())
        runs.append(run)
    return {"runs": runs}


def ranklens(plan):
    """Rankers on rows of RankLens; settings and numbers of trees are chosen on the last fifth of the training lists."""
    train, test = load(plan["train"]), load(plan["test"])
    lengths = list(map(int, train["queries"]))
    cut = len(lengths) * 4 // 5
    rows = sum(lengths[:cut])
    parts = [(slice(0, rows), lengths[:cut]), (slice(rows, None), lengths[cut:])]
    earlier, later = ({"values": train["values"][part], "labels": train["labels"][part], "queries": queries}
                      for part, queries in parts)
    fit = {"LightGBM": long_lightgbm, "XGBoost": long_xgboost}[plan["tool"]]
    start = time.process_time()
    best = max((fit(earlier, leaves, plan["trees"], later) for leaves in plan["leaves"]), key=lambda run: run[1])
    trees, validation, leaves = best
    predict = fit(train, leaves, trees)
    seconds = time.process_time() - start
    return {"ndcg@10": ndcg(predict(test["values"]), test["labels"], list(map(int, test["queries"]))),
            "validationNDCG": validation, "trees": trees, "leaves": leaves, "seconds": seconds}


def long_lightgbm(plan, leaves, trees, held=None):
    """A function that scores rows; with lists held out, the number of trees that is best on them, and how good."""
    parameters = {"objective": "lambdarank", "num_leaves": leaves, "learning_rate": 0.05, "min_data_in_leaf": 50,
                  "metric": "ndcg", "eval_at": [10], "num_threads": 1, "seed": 1, "verbose": -1}
    table = lightgbm.Dataset(plan["values"], plan["labels"], group=plan["queries"])
    if not held:
        return lightgbm.train(parameters, table, trees).predict
    valid = lightgbm.Dataset(held["values"], held["labels"], group=held["queries"], reference=table)
    model = lightgbm.train(parameters, table, trees, valid_sets=[valid],
                           callbacks=[lightgbm.early_stopping(100, verbose=False)])
    scores = model.predict(held["values"], num_iteration=model.best_iteration)
    return model.best_iteration, ndcg(scores, held["labels"], held["queries"]), leaves


def long_xgboost(plan, leaves, trees, held=None):
    """As `long_lightgbm`."""
    parameters = {"objective": "rank:ndcg", "max_leaves": leaves, "max_depth": 0, "grow_policy": "lossguide",
                  "eta": 0.05, "tree_method": "hist", "eval_metric": "ndcg@10", "nthread": 1, "seed": 1}

    def table(plan):
        matrix = xgboost.DMatrix(plan["values"], plan["labels"])
        matrix.set_group(plan["queries"])
        return matrix
    if not held:
        model = xgboost.train(parameters, table(plan), trees)
        return lambda rows: model.predict(xgboost.DMatrix(rows), output_margin=True)
    model = xgboost.train(parameters, table(plan), trees, evals=[(table(held), "held")],
                          early_stopping_rounds=100, verbose_eval=False)
    scores = model.predict(xgboost.DMatrix(held["values"]), output_margin=True,
                           iteration_range=(0, model.best_iteration + 1))
    return model.best_iteration + 1, ndcg(scores, held["labels"], held["queries"]), leaves


def scorer(plan):
    """A function that scores rows, and one that explains a row."""
    path = plan["model"]
    if plan["tool"] == "XGBoost":
        model = xgboost.Booster(model_file=path)
        model.set_param({"nthread": 1})
        return (lambda rows: model.inplace_predict(rows, predict_type="margin"),
                lambda rows: model.predict(xgboost.DMatrix(rows), pred_contribs=True))
    if plan["tool"] == "lleaves":
        import lleaves
        model = lleaves.Model(model_file=path)
        model.compile(cache=path + ".lleaves", raw_score=True)
        return lambda rows: model.predict(rows, n_jobs=1), None
    model = lightgbm.Booster(model_file=path)
    return (lambda rows: model.predict(rows, raw_score=True, num_threads=1),
            lambda rows: model.predict(rows, pred_contrib=True, num_threads=1))


def score(plan):
    rows = read(plan["data"]["values"], plan["data"]["features"])
    with contextlib.redirect_stdout(sys.stderr):
        predict, explain = scorer(plan)
    requests = numpy.split(rows, len(rows) // plan["candidates"])
    times = []
    for number in range(plan["rounds"] + 1):
        start = time.thread_time_ns()
        for request in requests:
            predict(request)
        times += [(time.thread_time_ns() - start) / 1000 / len(requests)] * (number > 0)
    figures = {"micros": statistics.median(times), "scores": predict(rows)[:1000].tolist()}
    if explain:
        start = time.thread_time_ns()
        explain(rows[:10])
        figures["explanationMicros"] = (time.thread_time_ns() - start) / 10_000
    return figures


def main():
    parts = {"data": data, "train": train, "score": score, "ranklens": ranklens}
    print(json.dumps(parts[sys.argv[1]](json.load(sys.stdin))))


main()
