"""Writes test/baselines/fixtures/garch.json: GARCH(1,1) with Student t errors fitted by the package arch.

Run from the repository's root: python test/parity/baselines/garch.py
"""

import json
import pathlib

import numpy as np
from arch import arch_model

rng = np.random.default_rng(11)
cases = []
for omega, alpha, beta, nu, n in ((4e-6, 0.08, 0.90, 6, 750), (2e-5, 0.15, 0.75, 4.5, 750), (1e-6, 0.05, 0.94, 12, 1200)):
    variance = omega / (1 - alpha - beta)
    returns = np.empty(n)
    for t in range(n):
        returns[t] = np.sqrt(variance * (nu - 2) / nu) * rng.standard_t(nu)
        variance = omega + alpha * returns[t] ** 2 + beta * variance
    returns = np.round(100 * returns, 3)
    fit = arch_model(returns, mean="Zero", vol="GARCH", p=1, q=1, dist="t", rescale=False).fit(disp="off", tol=1e-12, options={"maxiter": 500})
    cases.append(
        {
            "percentReturns": returns.tolist(),
            "omega": fit.params["omega"],
            "alpha": fit.params["alpha[1]"],
            "beta": fit.params["beta[1]"],
            "nu": fit.params["nu"],
            "logLikelihood": fit.loglikelihood,
            "variance": fit.forecast(horizon=5).variance.iloc[-1].tolist(),
            "conditional": fit.conditional_volatility[[0, 1, 2, 100, -1]].tolist(),
        }
    )
pathlib.Path("test/baselines/fixtures/garch.json").write_text(json.dumps(cases))
