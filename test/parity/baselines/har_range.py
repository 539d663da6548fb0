"""Writes test/baselines/fixtures/har-range.json: the regression of log variances and its forecast, by statsmodels and numpy.

Run from the repository's root: python test/parity/baselines/har_range.py
"""

import json
import pathlib

import numpy as np
import pandas as pd
import statsmodels.api as sm

LEVELS = [0.05, 0.1, 0.5, 0.9, 0.95]
rng = np.random.default_rng(3)
n = 260
sigma = 0.012 * np.exp(0.5 * np.convolve(rng.normal(0, 0.6, n + 19), np.ones(20) / np.sqrt(20), "valid"))
steps = sigma[:, None] / np.sqrt(20) * rng.standard_normal((n, 20))
close = 80 * np.exp(np.cumsum(steps.sum(axis=1)))
open_ = np.r_[80, close[:-1]] * np.exp(0.2 * sigma * rng.standard_normal(n))
path = np.log(open_)[:, None] + np.cumsum(steps, axis=1) * 0.9
high, low = np.exp(path.max(axis=1)), np.exp(path.min(axis=1))
bars = np.round(np.stack([open_, np.maximum.reduce([high, open_, close]), np.minimum.reduce([low, open_, close]), close]), 2)
# A bar that never moved, and one whose close an adjustment has put outside its range.
bars[:, 100] = bars[3, 99]
bars[3, 150] = bars[1, 150] * 1.001

o, h, low_, c = np.log(bars)
night = np.r_[0, o[1:] - c[:-1]]
variance = night**2 + np.maximum(0, (h - o) * (h - c) + (low_ - o) * (low_ - c))
x = np.log(np.maximum(variance, 0.04 * variance.mean()))
features = sm.add_constant(np.stack([pd.Series(x).rolling(span, min_periods=1).mean() for span in (1, 5, 22, 66)], axis=1))
result = {"sigma": [], "quantiles": []}
for step in (1, 5):
    rows = np.arange(65, n - step)
    ahead = np.array([np.log(np.mean(np.exp(x[t + 1 : t + 1 + step]))) for t in rows])
    fit = sm.OLS(ahead, features[rows]).fit()
    vol = np.exp(fit.predict(features) / 2)
    vol *= np.sqrt(np.mean(((c[rows + step] - c[rows]) / vol[rows]) ** 2 / step)) * np.sqrt(step)
    z = (c[rows + step] - c[rows]) / vol[rows]
    result["sigma"].append(float(vol[-1]))
    result["quantiles"].append((bars[3, -1] * np.exp(vol[-1] * np.quantile(z, LEVELS))).tolist())

pathlib.Path("test/baselines/fixtures/har-range.json").write_text(
    json.dumps({"open": bars[0].tolist(), "high": bars[1].tolist(), "low": bars[2].tolist(), "close": bars[3].tolist(), "levels": LEVELS, "steps": [1, 5], **result})
)
