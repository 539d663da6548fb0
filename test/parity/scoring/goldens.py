"""Writes test/scoring/fixtures/goldens.json: scores and tests computed by scipy, statsmodels, scikit-learn and properscoring.

Run from the repository's root: python test/parity/scoring/goldens.py
"""

import json
import pathlib

import numpy as np
import pandas as pd
import properscoring
import statsmodels.api as sm
from scipy import integrate, special, stats
from sklearn import metrics
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(6)
out = {}


def rounded(values, digits=4):
    return np.round(values, digits).tolist()


# Quantile forecasts of a few rows, beside outcomes inside, between and far outside them.
levels = np.array([0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95])
centres = rng.normal(0, 1, 12)
quantiles = np.round(np.sort(centres[:, None] + stats.t.ppf(levels, 4) * rng.uniform(0.5, 2, (12, 1)), axis=1), 4)
actuals = np.round(rng.normal(0, 2.5, 12), 4)
actuals[0], actuals[1] = 15, -15
quantiles[2, :3] = quantiles[2, 0]  # an atom at the lower edge
pinball = [np.mean([metrics.mean_pinball_loss([y], [q], alpha=a) for a, q in zip(levels, row)]) for y, row in zip(actuals, quantiles)]


def cdf(x, row):
    """The distribution that quantileFunction documents, written again: its tails are scipy's exponential distribution."""
    if x < row[0]:
        scale = (row[1] - row[0]) / np.log(levels[1] / levels[0])
        return 0.0 if scale == 0 else levels[0] * stats.expon.sf(row[0] - x, scale=scale)
    if x >= row[-1]:
        scale = (row[-1] - row[-2]) / np.log((1 - levels[-2]) / (1 - levels[-1]))
        return 1.0 if scale == 0 else 1 - (1 - levels[-1]) * stats.expon.sf(x - row[-1], scale=scale)
    i = np.searchsorted(row, x, side="right") - 1
    return levels[i] + (x - row[i]) / (row[i + 1] - row[i]) * (levels[i + 1] - levels[i])


def crps(y, row):
    knots = sorted({-80.0, *row.tolist(), float(y), 80.0})
    return sum(
        integrate.quad(lambda x: (cdf(x, row) - (x >= y)) ** 2, a, np.nextafter(b, a), epsabs=1e-12, limit=200)[0]
        for a, b in zip(knots, knots[1:])
    )


out["quantileRows"] = {
    "levels": levels.tolist(),
    "actuals": actuals.tolist(),
    "quantiles": quantiles.ravel().tolist(),
    "pinball": pinball,
    "weighted": float(2 * np.sum(pinball) / np.sum(np.abs(actuals))),
    "crps": [crps(y, row) for y, row in zip(actuals, quantiles)],
    "pit": [0.5 * (cdf(y, row) + cdf(np.nextafter(y, -np.inf), row)) for y, row in zip(actuals, quantiles)],
}
# A normal forecast: properscoring's closed form.
out["normal"] = {"mu": 0.3, "sigma": 1.7, "actuals": [-2.0, 0.1, 3.5], "crps": properscoring.crps_gaussian(np.array([-2.0, 0.1, 3.5]), 0.3, 1.7).tolist()}

# Classes.
probabilities = np.round(rng.dirichlet([2, 1.5, 2], 60), 3)
probabilities[:, 2] = np.round(1 - probabilities[:, 0] - probabilities[:, 1], 3)
probabilities = np.maximum(probabilities, 0)
outcomes = np.array([rng.choice(3, p=p / p.sum()) for p in probabilities])
labels = probabilities.argmax(axis=1)
cumulative = probabilities.cumsum(axis=1)[:, :2]
# properscoring's ranked score of a threshold ensemble is the Brier score at each threshold; summed over 2 thresholds and halved.
threshold = np.stack([properscoring.brier_score(outcomes <= k, np.clip(cumulative[:, k], 0, 1)) for k in range(2)])
confidence = probabilities.max(axis=1)
bins = np.maximum(0, np.ceil(confidence * 10) - 1).astype(int)
ece = sum(np.mean(bins == b) * abs(np.mean(labels[bins == b] == outcomes[bins == b]) - confidence[bins == b].mean()) for b in set(bins))
out["classes"] = {
    "probabilities": probabilities.ravel().tolist(),
    "outcomes": outcomes.tolist(),
    "logLoss": float(metrics.log_loss(outcomes, probabilities, labels=[0, 1, 2])),
    "brier": float(np.mean(np.sum((probabilities - np.eye(3)[outcomes]) ** 2, axis=1))),
    "rps": threshold.mean(axis=0).tolist(),
    "labels": labels.tolist(),
    "accuracy": float(metrics.accuracy_score(outcomes, labels)),
    "balanced": float(metrics.balanced_accuracy_score(outcomes, labels)),
    "calibrationError": float(ece),
}

# Student t.
points = [(-40.0, 3), (-3.2, 5), (-0.7, 1), (0.0, 9), (0.4, 2.5), (1.9, 30), (2.1, 499), (6.0, 11)]
out["studentT"] = [[t, df, float(stats.t.cdf(t, df)), float(2 * stats.t.sf(abs(t), df))] for t, df in points]

# Diebold-Mariano: statsmodels' HAC standard error of a mean, then the factor of Harvey, Leybourne and Newbold.
loss = np.abs(stats.t.rvs(5, size=90, random_state=rng))
reference = loss + np.convolve(rng.normal(0.12, 0.5, 94), np.ones(5) / 2, "valid")
loss, reference = np.round(loss, 4), np.round(reference, 4)
cases = []
for horizon, lag in ((1, None), (1, 0), (5, None), (5, 8)):
    n = len(loss)
    used = lag if lag is not None else max(horizon - 1, int(np.floor(4 * (n / 100) ** (2 / 9))))
    fit = sm.OLS(loss - reference, np.ones(n)).fit(cov_type="HAC", cov_kwds={"maxlags": used, "use_correction": False})
    factor = np.sqrt((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n)
    statistic = fit.tvalues[0] * factor
    cases.append({"horizon": horizon, "lag": lag, "used": used, "statistic": float(statistic), "pValue": float(2 * stats.t.sf(abs(statistic), n - 1))})
out["dieboldMariano"] = {"losses": loss.tolist(), "reference": reference.tolist(), "cases": cases}

# Kupiec and Christoffersen by likelihoods written with scipy's xlogy; p values by scipy's chi2.
held = (rng.uniform(size=250) < np.where(np.arange(250) % 50 < 12, 0.5, 0.88)).astype(int)


def likelihood(ones, zeros, p):
    return special.xlogy(ones, p) + special.xlog1py(zeros, -p)


n1 = held.sum()
kupiec = 2 * (likelihood(n1, 250 - n1, n1 / 250) - likelihood(n1, 250 - n1, 0.8))
c = np.zeros((2, 2))
for a, b in zip(held, held[1:]):
    c[a, b] += 1
split = sum(likelihood(c[a, 1], c[a, 0], c[a, 1] / c[a].sum()) for a in (0, 1))
ones, zeros = c[:, 1].sum(), c[:, 0].sum()
independence = 2 * (split - likelihood(ones, zeros, ones / (ones + zeros)))
conditional = 2 * (split - likelihood(ones, zeros, 0.8))
out["intervals"] = {
    "held": held.tolist(),
    "kupiec": [float(kupiec), float(stats.chi2.sf(kupiec, 1))],
    "independence": [float(independence), float(stats.chi2.sf(independence, 1))],
    "conditional": [float(conditional), float(stats.chi2.sf(conditional, 2))],
}

# Pesaran-Timmermann, written from equation 6 of the paper with matrices of counts.
realized = rng.normal(0.1, 1, 150)
foretold = 0.3 * realized + rng.normal(0.05, 1, 150)
realized, foretold = np.round(realized, 3), np.round(foretold, 3)
table = metrics.confusion_matrix(realized > 0, foretold > 0) / 150
py, px = table[1].sum(), table[:, 1].sum()
star = py * px + (1 - py) * (1 - px)
spread = star * (1 - star) / 150 - ((2 * py - 1) ** 2 * px * (1 - px) + (2 * px - 1) ** 2 * py * (1 - py) + 4 * py * px * (1 - py) * (1 - px) / 150) / 150
statistic = (np.trace(table) - star) / np.sqrt(spread)
out["pesaranTimmermann"] = {"actuals": realized.tolist(), "predicted": foretold.tolist(), "hitRate": float(np.trace(table)), "expected": float(star), "statistic": float(statistic), "pValue": float(stats.norm.sf(statistic))}

pvalues = [0.01, 0.04, 0.03, 0.005, 0.9, 0.03]
out["holm"] = {"plain": pvalues, "adjusted": multipletests(pvalues, method="holm")[1].tolist()}

# Rank correlation per day: scipy's spearmanr on each day (ties included), then statsmodels' HAC t of its mean.
rng = np.random.default_rng(17)
days, width = 60, 8
signal = np.round(rng.normal(0, 1, (days, width)), 1)
came = np.round(0.5 * signal + rng.normal(0, 1, (days, width)), 1)
daily = np.array([stats.spearmanr(a, b).statistic for a, b in zip(signal, came)])
cases = []
for lag in (0, 4):
    fit = sm.OLS(daily, np.ones(days)).fit(cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": False})
    cases.append({"lag": lag, "statistic": float(fit.tvalues[0]), "pValue": float(2 * stats.t.sf(abs(fit.tvalues[0]), days - 1))})
out["ranks"] = {
    "predicted": signal.ravel().tolist(),
    "actuals": came.ravel().tolist(),
    "instruments": width,
    "correlations": np.round(daily, 12).tolist(),
    "mean": float(daily.mean()),
    "icir": float(daily.mean() / daily.std(ddof=1)),
    "cases": cases,
}

# Murphy: scikit-learn's Brier score, and the parts by pandas' groups; in bins the rest is Stephenson, Coelho and Jolliffe's
# variance of the probabilities within a bin less twice their covariance with the event.
foretold = np.round(np.clip(rng.beta(2, 2, 200), 0, 1), 1)
fine = np.round(np.clip(foretold + rng.uniform(-0.06, 0.06, 200), 0, 1), 3)
event = (rng.uniform(size=200) < 0.6 * foretold + 0.15).astype(int)


def murphy(p, key):
    table = pd.DataFrame({"p": p, "o": event, "key": key}).groupby("key")
    weight = table.size() / len(p)
    within = table.apply(lambda g: g.p.var(ddof=0) - 2 * np.cov(g.p, g.o, ddof=0)[0, 1])
    return {
        "score": float(metrics.brier_score_loss(event, p)),
        "reliability": float((weight * (table.p.mean() - table.o.mean()) ** 2).sum()),
        "resolution": float((weight * (table.o.mean() - event.mean()) ** 2).sum()),
        "uncertainty": float(event.var()),
        "withinBins": float((weight * within).sum()),
    }


out["murphy"] = {
    "coarse": foretold.tolist(),
    "fine": fine.tolist(),
    "events": event.tolist(),
    "exact": murphy(foretold, foretold),
    "binned": murphy(fine, np.maximum(0, np.ceil(fine * 5) - 1)),
}

pathlib.Path("test/scoring/fixtures/goldens.json").write_text(json.dumps(out))
