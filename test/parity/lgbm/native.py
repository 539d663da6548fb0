"""Trains with native LightGBM on request, one JSON line each way: the reference of random-parity.mjs.

A request has params, rows, features, iterations and base64 arrays of doubles; the answer has the model text and predictions.
"""
import base64
import json
import sys

import lightgbm as lgb
import numpy as np


def array(text, shape=-1):
    return np.frombuffer(base64.b64decode(text), dtype="<f8").reshape(shape).copy()


def dataset(part, params, reference=None):
    shape = (part["rows"], part["features"])
    init = None
    if "initScore" in part:
        init = array(part["initScore"], (part["rows"], -1))
        init = init[:, 0] if init.shape[1] == 1 else init
    return lgb.Dataset(
        array(part["values"], shape),
        array(part["labels"]),
        weight=array(part["weights"]) if "weights" in part else None,
        init_score=init,
        params=params,
        reference=reference,
        free_raw_data=False,
    )


def answer(request):
    params = dict(request["params"], num_threads=1, deterministic=True, force_col_wise=True, enable_bundle=False, verbosity=-1)
    train = dataset(request["train"], params)
    valid = dataset(request["valid"], params, train) if "valid" in request else None
    recorded = {}
    more = dict(valid_sets=[valid], callbacks=[lgb.record_evaluation(recorded)]) if valid is not None else {}
    booster = lgb.train(params, train, keep_training_booster=True, **more)
    metrics = [[name, value] for name, values in recorded.get("valid_0", {}).items() for value in values]
    kept = booster.best_iteration if params.get("early_stopping_round", 0) > 0 else -1
    values = array(request["train"]["values"], (request["train"]["rows"], -1))[:700]
    return dict(
        text=booster.model_to_string(num_iteration=kept),
        bestIteration=kept,
        metrics=metrics,
        raw=booster.predict(values, raw_score=True, num_iteration=kept).ravel().tolist(),
        value=booster.predict(values, num_iteration=kept).ravel().tolist(),
        leaf=booster.predict(values, pred_leaf=True, num_iteration=kept).ravel().tolist(),
        contrib=booster.predict(values[:20], pred_contrib=True, num_iteration=kept).ravel().tolist(),
        split=booster.feature_importance("split", iteration=kept).tolist(),
        gain=booster.feature_importance("gain", iteration=kept).tolist(),
    )


def load(request):
    booster = lgb.Booster(model_str=request["text"])
    values = array(request["values"], (request["rows"], -1))
    return dict(raw=booster.predict(values, raw_score=True).ravel().tolist(), text=booster.model_to_string())


for line in sys.stdin:
    message = json.loads(line)
    try:
        result = load(message) if "text" in message else answer(message)
    except lgb.basic.LightGBMError as error:
        result = dict(error=str(error))
    print(json.dumps(result), flush=True)
