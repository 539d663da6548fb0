"""Writes test/baselines/fixtures/gas-t.json: Student t GAS(1,1) fitted by scipy to the returns of garch.json.

The density is scipy's, the recursion equation by equation from Creal, Koopman and Lucas (2013), the optimizer scipy's.
Run from the repository's root: python test/parity/baselines/gas_t.py
"""

import json
import pathlib

import numpy as np
from scipy import optimize, stats

fixtures = pathlib.Path("test/baselines/fixtures")


def filtered(r, omega, a, b, nu):
    """The variance of each return and the next one: f[t+1] = omega + A s[t] + B f[t], s the score scaled by the inverse information."""
    head = r[:75] ** 2
    decay = 0.94 ** np.arange(len(head))
    f = [omega + b * np.sum(decay * head) / decay.sum()]
    for y in r:
        v = f[-1]
        gradient = -0.5 / v + (nu + 1) / 2 * (y**2 / ((nu - 2) * v**2)) / (1 + y**2 / ((nu - 2) * v))
        information = nu / (2 * (nu + 3) * v**2)
        f.append(omega + a * gradient / information + b * v)
    return np.array(f)


def log_likelihood(r, omega, a, b, nu):
    f = filtered(r, omega, a, b, nu)[:-1]
    if not np.all(f > 0):
        return -np.inf
    return float(np.sum(stats.t.logpdf(r, nu, scale=np.sqrt(f * (nu - 2) / nu))))


cases = []
for case in json.loads((fixtures / "garch.json").read_text()):
    r = np.array(case["percentReturns"])
    unpack = lambda x: (np.exp(x[0]), np.exp(x[1]), 1 / (1 + np.exp(-x[2])), 2.05 + np.exp(x[3]))
    best = None
    for b, a in ((0.97, 0.08), (0.9, 0.15), (0.99, 0.04)):
        start = [np.log(np.var(r) * (1 - b)), np.log(a), np.log(b / (1 - b)), np.log(5)]
        fit = optimize.minimize(lambda x: -log_likelihood(r, *unpack(x)), start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 6000, "maxfev": 6000})
        if best is None or fit.fun < best.fun:
            best = fit
    omega, a, b, nu = (float(v) for v in unpack(best.x))
    variances = filtered(r, omega, a, b, nu)
    ahead = [float(variances[-1])]
    for _ in range(4):
        ahead.append(omega + b * ahead[-1])  # the score is 0 on average
    cases.append({"omega": omega, "alpha": a, "beta": b, "nu": nu, "logLikelihood": -float(best.fun), "variance": ahead})
(fixtures / "gas-t.json").write_text(json.dumps(cases))
