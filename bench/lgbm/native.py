"""Trains and predicts with native LightGBM on request, one JSON line each way: the reference of bench.mjs.

Usage: native.py (requests on stdin: {"op": "load" | "train" | "predict", ...})
"""
import json
import sys
import time

import lightgbm as lgb
import numpy as np

PARAMS = dict(objective="regression", num_leaves=31, learning_rate=0.05, max_bin=255, num_threads=1, verbosity=-1,
              force_col_wise=True)
state = {}


def load(request):
    rows, features = request["rows"], request["features"]
    values = np.fromfile(request["values"], dtype="<f8").reshape(rows, features)
    labels = np.fromfile(request["labels"], dtype="<f8")
    start = time.perf_counter()
    data = lgb.Dataset(values, labels, params=PARAMS, free_raw_data=False).construct()
    state.update(values=values, data=data)
    return dict(seconds=time.perf_counter() - start, version=lgb.__version__)


def train(request):
    params = dict(PARAMS, num_iterations=request["iterations"], num_threads=request.get("threads", 1))
    start, cpu = time.perf_counter(), time.process_time()
    booster = lgb.Booster(params, state["data"])
    for _ in range(request["iterations"]):
        if booster.update():
            break
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    state["booster"] = booster
    text = booster.model_to_string()
    return dict(seconds=seconds, cpu=cpu, text=text[: text.index("\nparameters:")] if request.get("text") else None)


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
    print(json.dumps(dict(load=load, train=train, predict=predict)[message["op"]](message)), flush=True)
