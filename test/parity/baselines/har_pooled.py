"""Writes test/baselines/fixtures/har-pooled.json: one regression of log range variances over two instruments, by statsmodels.

The instruments are the first 200 and the last 190 bars of har-range.json.
Run from the repository's root: python test/parity/baselines/har_pooled.py
"""

import json
import pathlib

import numpy as np
import pandas as pd
import statsmodels.api as sm

fixtures = pathlib.Path("test/baselines/fixtures")
golden = json.loads((fixtures / "har-range.json").read_text())
bars = np.stack([golden[field] for field in ("open", "high", "low", "close")])


def parts(block):
    o, h, low, c = np.log(block)
    night = np.r_[0, o[1:] - c[:-1]]
    variance = night**2 + np.maximum(0, (h - o) * (h - c) + (low - o) * (low - c))
    x = np.log(np.maximum(variance, 0.04 * variance.mean()))
    x -= x.mean()
    return x, c, sm.add_constant(np.stack([pd.Series(x).rolling(span).mean() for span in (1, 5, 22, 66)], axis=1))


def ahead(x, rows, step):
    return np.array([np.log(np.mean(np.exp(x[t + 1 : t + 1 + step]))) for t in rows])


pool = [parts(bars[:, :200]), parts(bars[:, -190:])]
result = {"steps": [1, 2, 5], "weights": [], "sigma": []}
for step in result["steps"]:
    rows = [np.arange(65, len(x) - step) for x, _, _ in pool]
    target = np.concatenate([ahead(x, r, step) for (x, _, _), r in zip(pool, rows)])
    fit = sm.OLS(target, np.concatenate([f[r] for (_, _, f), r in zip(pool, rows)])).fit()
    x, c, features = parts(bars[:, :160])
    vol = np.exp(fit.predict(features[65:]) / 2)
    past = c[65 + step :] - c[65:-step]
    result["weights"].append(fit.params.tolist())
    result["sigma"].append(float(vol[-1] * np.sqrt(np.mean((past / vol[:-step]) ** 2))))
(fixtures / "har-pooled.json").write_text(json.dumps(result))
