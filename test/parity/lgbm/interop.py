"""Proves by hand-made models that both engines read each other's text where this one cannot train: categories, linear trees.

Usage: interop.py OUTDIR: writes model texts, inputs and native predictions for interop.ts to compare.
"""
import json
import sys

import lightgbm as lgb
import numpy as np
import pandas as pd

out = sys.argv[1]
rng = np.random.default_rng(3)
n = 800
frame = pd.DataFrame({
    "colour": pd.Categorical(rng.choice(["red", "green", "blue", "black"], n)),
    "size": rng.standard_normal(n),
    "code": rng.integers(0, 90, n).astype(float),
})
frame.loc[rng.random(n) < 0.1, "size"] = np.nan
y = frame["colour"].cat.codes * 1.5 + np.nan_to_num(frame["size"]) + (frame["code"] % 7 == 0) * 3 + rng.standard_normal(n) * 0.1
codes = np.column_stack([frame["colour"].cat.codes.astype(float), frame["size"], frame["code"]])
quiet = dict(verbosity=-1, num_threads=1)
cases = {}


def add(name, booster, values):
    cases[name] = dict(
        text=booster.model_to_string() if name != "pandas" else open(f"{out}/pandas.txt").read(),
        rows=len(values),
        values=[None if np.isnan(v) else v for v in values.ravel()],
        raw=booster.predict(values if name != "pandas" else frame, raw_score=True).ravel().tolist(),
        value=booster.predict(values if name != "pandas" else frame).ravel().tolist(),
    )


pandas_model = lgb.train(dict(quiet, objective="regression", num_iterations=20), lgb.Dataset(frame, y))
pandas_model.save_model(f"{out}/pandas.txt")
add("pandas", pandas_model, codes)
add("categorical", lgb.train(dict(quiet, objective="regression", num_iterations=20, min_data_per_group=5, max_cat_to_onehot=1),
                             lgb.Dataset(codes, y, categorical_feature=[0, 2])), codes)
add("linear", lgb.train(dict(quiet, objective="regression", num_iterations=20, linear_tree=True), lgb.Dataset(codes, y)), codes)
for objective in ["regression_l1", "huber", "poisson", "gamma", "tweedie", "cross_entropy", "cross_entropy_lambda", "mape", "fair"]:
    label = 1 / (1 + np.exp(-y)) if objective.startswith("cross") else np.abs(y) + 0.1
    add(objective, lgb.train(dict(quiet, objective=objective, num_iterations=10), lgb.Dataset(codes, label)), codes)
three = np.clip(np.digitize(y, [1, 3]), 0, 2)
add("multiclassova", lgb.train(dict(quiet, objective="multiclassova", num_class=3, num_iterations=10), lgb.Dataset(codes, three)), codes)
add("rf", lgb.train(dict(quiet, objective="regression", boosting="rf", bagging_fraction=0.6, bagging_freq=1, num_iterations=10),
                    lgb.Dataset(codes, y)), codes)
add("dart", lgb.train(dict(quiet, objective="regression", boosting="dart", num_iterations=10), lgb.Dataset(codes, y)), codes)
json.dump(cases, open(f"{out}/cases.json", "w"))
