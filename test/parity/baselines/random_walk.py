"""Writes test/baselines/fixtures/random-walk.json: the random walk with EWMA volatility and filtered historical quantiles, in numpy.

Run from the repository's root: python test/parity/baselines/random_walk.py
"""

import json
import pathlib

import numpy as np

LEVELS = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
rng = np.random.default_rng(20240101)
vol = np.where(np.arange(320) < 160, 0.01, 0.025)
closes = np.round(50 * np.exp(np.cumsum(vol * rng.standard_t(5, 320))), 2)
logs = np.log(closes)
returns = np.diff(logs)

variance = [np.mean(returns[:20] ** 2)]
for r in returns:
    variance.append(0.94 * variance[-1] + 0.06 * r * r)
sigma = np.sqrt(variance)

quantiles = {}
for name, window, drift in (("none", 500, 0.0), ("window", 100, 0.0), ("mean", 500, returns.mean())):
    rows = []
    for h in (1, 3, 5, 20):
        origins = np.arange(20, len(logs) - h)[-window:]
        z = (logs[origins + h] - logs[origins] - drift * h) / (sigma[origins] * np.sqrt(h))
        rows.append((np.exp(logs[-1] + drift * h + sigma[-1] * np.sqrt(h) * np.quantile(z, LEVELS))).tolist())
    quantiles[name] = rows

out = pathlib.Path("test/baselines/fixtures/random-walk.json")
out.write_text(json.dumps({"closes": closes.tolist(), "steps": [1, 3, 5, 20], "levels": LEVELS, "sigma": float(sigma[-1]), "quantiles": quantiles}))
