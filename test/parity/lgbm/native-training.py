"""Trains with lightgbm.train on request, one JSON line each way: the reference of training-parity.mjs.

A request has params, rows, features and base64 arrays of doubles; the answer has the model text, predictions and metrics.
"""
import base64
import ctypes
import json
import os
import sys
import tempfile

import lightgbm as lgb
import numpy as np

lgb.register_logger(type("Quiet", (), {"info": lambda self, text: None, "warning": lambda self, text: None})())

FOLDER = tempfile.TemporaryDirectory()


def array(text, shape=-1):
    return np.frombuffer(base64.b64decode(text), dtype="<f8").reshape(shape).copy()


def dataset(part, params, reference=None):
    return lgb.Dataset(
        array(part["values"], (part["rows"], part["features"])),
        array(part["labels"]),
        weight=array(part["weights"]) if "weights" in part else None,
        group=part.get("group"),
        position=np.array(part["position"]) if "position" in part else None,
        categorical_feature=part.get("categorical") or "auto",
        params=params,
        reference=reference,
        free_raw_data=False,
    )


def pseudo_huber(predictions, data):
    """A smooth loss of one's own: only additions, products and square roots, which every engine rounds alike."""
    residual = predictions - data.get_label().astype("float64")
    root = np.sqrt(1 + residual * residual)
    return residual / root, 1 / (root * root * root)


def largest_miss(predictions, data):
    return "largest_miss", float(np.max(np.abs(predictions - data.get_label()))), False


def cross_validated(params, train, rows, given):
    """Three folds in the order of time, as timeFolds cuts them, unless others are given."""
    cuts = [int(rows / 4 * (i + 1)) for i in range(4)]
    folds = [(np.arange(0, cuts[i]), np.arange(cuts[i], cuts[i + 1])) for i in range(3)]
    if given:
        folds = [(np.array(fold["train"]), np.array(fold["test"])) for fold in given]
    found = lgb.cv(params, train, folds=iter(folds), return_cvbooster=True)
    boosters = found.pop("cvbooster")
    first = boosters.boosters[0]
    values = train.get_data()[:100]
    return dict(
        text=first.model_to_string(num_iteration=-1),
        bestIteration=boosters.best_iteration,
        metrics=found,
        raw=first.predict(values, raw_score=True, num_iteration=-1).ravel().tolist(),
        value=first.predict(values, num_iteration=-1).ravel().tolist(),
        leaf=first.predict(values, pred_leaf=True, num_iteration=-1).ravel().tolist(),
    )


def json_of(booster, start, count, importance):
    """What the C library writes, before Python reads it."""
    size = ctypes.c_int64(0)
    room = 1 << 24
    text = ctypes.create_string_buffer(room)
    kind = dict(split=0, gain=1)[importance]
    lgb.basic._safe_call(lgb.basic._LIB.LGBM_BoosterDumpModel(
        booster._handle, ctypes.c_int(start), ctypes.c_int(count), ctypes.c_int(kind), ctypes.c_int64(room),
        ctypes.byref(size), text))
    return text.value.decode("utf-8")


def read_by_others(booster, values, start, count, importance, stop):
    """The model as JSON and in part, from memory and from text, and predictions that end early."""
    again = lgb.Booster(model_str=booster.model_to_string(num_iteration=-1))
    sure = {}
    if stop:
        sure["sure"] = booster.predict(values, raw_score=True, num_iteration=-1, pred_early_stop=True,
                                       pred_early_stop_freq=stop["freq"], pred_early_stop_margin=stop["margin"]).ravel().tolist()
    return dict(
        part=booster.model_to_string(start_iteration=start, num_iteration=count),
        json=json_of(booster, start, count, importance),
        jsonRead=json_of(again, start, count, importance),
        **sure,
    )


def check_refit_of_functions(booster, values):
    """Native writes beyond its arrays unless rows reach the last leaf of the largest tree; sets that would have it do so are told apart."""
    trees = booster.dump_model(num_iteration=-1)["tree_info"]
    if booster.predict(values, pred_leaf=True).max() + 1 < max(tree["num_leaves"] for tree in trees):
        raise ValueError("leaves reached > (0) beyond the last")


def answer(request):
    params = dict(request["params"], num_threads=1, deterministic=True, force_col_wise=True, enable_bundle=False, verbosity=-1)
    for name in ("forcedsplits_filename", "forcedbins_filename"):
        # here the contents are the value, native wants a file of them
        if name in params:
            path = os.path.join(FOLDER.name, name)
            with open(path, "w") as file:
                file.write(params[name])
            params[name] = path
    course = request.get("course")
    train = dataset(request["train"], params)
    valid = dataset(request["valid"], params, train) if "valid" in request else None
    recorded = {}
    more = dict(valid_sets=[valid], valid_names=["valid_1"], callbacks=[lgb.record_evaluation(recorded)]) if valid else {}
    if course == "continue":
        first = lgb.train(dict(params, **request["firstParams"]), dataset(request["train"], params), keep_training_booster=True)
        more["init_model"] = first
    if course == "custom":
        params["objective"] = pseudo_huber
        more["feval"] = largest_miss
    if course == "cv":
        return cross_validated(params, train, request["train"]["rows"], request.get("folds"))
    booster = lgb.train(params, train, keep_training_booster=True, **more)
    if course == "refit":
        part = request["again"]
        again = array(part["values"], (part["rows"], part["features"]))
        if params.get("linear_tree"):
            check_refit_of_functions(booster, again)
        booster = booster.refit(again, array(part["labels"]),
                                weight=array(part["weights"]) if "weights" in part else None,
                                categorical_feature=part.get("categorical") or "auto",
                                decay_rate=request["params"].get("refit_decay_rate", 0.9), dataset_params=params)
    values = array(request["train"]["values"], (request["train"]["rows"], -1))[:100]
    return dict(
        text=booster.model_to_string(),
        bestIteration=booster.best_iteration,
        metrics=recorded.get("valid_1", {}),
        raw=booster.predict(values, raw_score=True).ravel().tolist(),
        value=booster.predict(values).ravel().tolist(),
        leaf=booster.predict(values, pred_leaf=True).ravel().tolist(),
        **(read_by_others(booster, values, **request["reading"]) if "reading" in request else {}),
    )


for line in sys.stdin:
    try:
        result = answer(json.loads(line))
    except (lgb.basic.LightGBMError, ValueError) as error:
        result = dict(error=str(error))
    print(json.dumps(result), flush=True)
