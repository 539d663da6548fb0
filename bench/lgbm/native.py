"""Trains and predicts with native LightGBM on request, one JSON line each way: the reference of bench.mjs.

Usage: native.py (requests on stdin: {"op": "load" | "bin" | "train" | "family" | "retrain" | "predict", ...})
"""
import json
import sys
import time

import lightgbm as lgb
import numpy as np

PARAMS = dict(objective="regression", num_leaves=31, learning_rate=0.05, max_bin=255, num_threads=1, verbosity=-1,
              force_col_wise=True)
state = {}


FAMILY = [dict(objective="multiclass", num_class=3)] + [dict(objective="quantile", alpha=alpha) for alpha in (0.1, 0.5, 0.9)]


def load(request):
    rows, features = request["rows"], request["features"]
    values = np.fromfile(request["values"], dtype="<f8").reshape(rows, features)
    state.update(values=values, labels=np.fromfile(request["labels"], dtype="<f8"))
    return dict(version=lgb.__version__)


def constructed(params):
    return lgb.Dataset(state["values"], state["labels"], params=params, free_raw_data=False).construct()


def boosted(params, data, iterations):
    booster = lgb.Booster(params, data)
    for _ in range(iterations):
        if booster.update():
            break
    return booster


def bin_whole(request):
    start, cpu = time.perf_counter(), time.process_time()
    constructed(PARAMS)
    return dict(seconds=time.perf_counter() - start, cpu=time.process_time() - cpu)


def train(request):
    params = dict(PARAMS, num_iterations=request["iterations"], num_threads=request.get("threads", 1))
    start, cpu = time.perf_counter(), time.process_time()
    booster = boosted(params, constructed(params), request["iterations"])
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    state["booster"] = booster
    text = booster.model_to_string()
    return dict(seconds=seconds, cpu=cpu, text=text[: text.index("\nparameters:")] if request.get("text") else None)


def family(request):
    labels = state["labels"]
    classes = np.where(labels > 1, 2, np.where(labels < -1, 0, 1))
    start, cpu = time.perf_counter(), time.process_time()
    data = constructed(PARAMS)
    for changes in FAMILY:
        data.set_label(classes if changes["objective"] == "multiclass" else labels)
        boosted(dict(PARAMS, **changes, num_iterations=request["iterations"]), data, request["iterations"])
    return dict(seconds=time.perf_counter() - start, cpu=time.process_time() - cpu)


def rows_of(part):
    values = np.fromfile(part["values"], dtype="<f8").reshape(part["rows"], part["features"])
    labels = np.fromfile(part["labels"], dtype="<f8")
    return lgb.Dataset(values, labels, free_raw_data=False)


def retrain(request):
    """Pairs of tasks on the same rows: the second is given the first one's bins."""
    parts = [(task, rows_of(task["train"]), rows_of(task["valid"])) for task in request["tasks"]]
    trees = 0
    start, cpu = time.perf_counter(), time.process_time()
    for i, (task, own, unseen) in enumerate(parts):
        params = dict(task["params"], num_threads=request.get("threads", 1), verbosity=-1, force_col_wise=True)
        if i % 2 == 0:
            data, valid = own, unseen
            valid.reference = data
        else:
            data.set_label(own.label)
            valid.set_label(unseen.label)
        booster = lgb.train(params, data, valid_sets=[valid])
        trees += booster.best_iteration * booster.num_model_per_iteration()
        booster.model_to_string()
    return dict(seconds=time.perf_counter() - start, cpu=time.process_time() - cpu, trees=trees)


def predict(request):
    values, booster = state["values"][: request["rows"]], state["booster"]
    params = dict(raw_score=True, num_threads=1, validate_features=False)
    start = time.perf_counter()
    if request["single"]:
        for i in range(len(values)):
            booster.predict(values[i : i + 1], **params)
    else:
        booster.predict(values, **params)
    return dict(seconds=time.perf_counter() - start)


for line in sys.stdin:
    message = json.loads(line)
    print(json.dumps(dict(load=load, bin=bin_whole, train=train, family=family, retrain=retrain, predict=predict)[message["op"]](message)), flush=True)
