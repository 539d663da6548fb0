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


class Stopping:
    """The package's early stopping: the first metric without improvement for long enough; without a stop, the first one's best."""

    def __init__(self, params):
        self.rounds = params.get("early_stopping_round", 0)
        self.delta = params.get("early_stopping_min_delta", 0.0)
        self.first_only = params.get("first_metric_only", False)
        self.best = {}
        self.best_iteration = -1

    def update(self, iteration, results):
        if self.rounds <= 0:
            return False
        for name, value, bigger in [(name, value, bigger) for _, name, value, bigger in results][: 1 if self.first_only else None]:
            score = value if bigger else -value
            if name not in self.best or score - self.best[name][0] > self.delta:
                self.best[name] = (score, iteration)
            elif iteration - self.best[name][1] >= self.rounds:
                self.best_iteration = self.best[name][1]
                return True
        self.best_iteration = next(iter(self.best.values()))[1]
        return False


def answer(request):
    params = dict(request["params"], num_threads=1, deterministic=True, force_col_wise=True, enable_bundle=False, verbosity=-1)
    train = dataset(request["train"], params)
    valid = dataset(request["valid"], params, train) if "valid" in request else None
    booster, metrics, stopping = lgb.Booster(params, train), [], Stopping(params)
    if valid is not None:
        booster.add_valid(valid, "valid_0")
    # as native's command line does, training ends when no tree can split; lgb.train would go on asking
    for iteration in range(1, params["num_iterations"] + 1):
        if booster.update():
            break
        if valid is not None:
            metrics += [[name, value] for _, name, value, _ in booster.eval_valid()]
            if stopping.update(iteration, booster.eval_valid()):
                break
    kept = stopping.best_iteration if stopping.rounds > 0 else -1
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
