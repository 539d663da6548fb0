"""Simulated daily closes: the only data that the default checkpoint is trained on.

A chunk is a set of independent instruments. Each has its own law of motion, drawn from wide
priors; its path is observed for `context` closes, and then continued `futures` times from the
same state, so that one context is trained against a sample of its predictive distribution
instead of a single outcome.
"""

from dataclasses import dataclass

import numpy as np

BURN_IN = 40
SIGMA_FLOOR = 1e-6


@dataclass(frozen=True)
class Chunk:
    """Log closes relative to the last one of the context.

    context [instruments, context] and futures [instruments, horizon, futures], both float32;
    the futures of each day are sorted.
    """

    context: np.ndarray
    futures: np.ndarray


def simulate(rng: np.random.Generator, instruments: int, context: int, horizon: int, futures: int) -> Chunk:
    """Returns one chunk; `futures` must be even (they come in antithetic pairs)."""
    law = draw_law(rng, instruments)
    state = draw_state(rng, law, instruments)
    shocks = standard_shocks(rng, law, instruments, BURN_IN + context)
    path = np.empty((instruments, context), np.float64)
    for t in range(BURN_IN + context):
        step(rng, law, state, shocks[:, t])
        if t >= BURN_IN:
            path[:, t - BURN_IN] = state["observed"]

    anchor = state["observed"].copy()
    many = {k: np.repeat(v, futures) for k, v in law.items() if v.ndim == 1}
    many["weekday"] = np.repeat(law["weekday"], futures, axis=0)
    state = {k: np.repeat(v, futures) for k, v in state.items()}
    half = standard_shocks(rng, {"df": np.repeat(law["df"], futures // 2)}, instruments * futures // 2, horizon)
    half = half.reshape(instruments, futures // 2, horizon)
    shocks = np.concatenate([half, -half], axis=1).reshape(instruments * futures, horizon)
    ahead = np.empty((instruments * futures, horizon), np.float64)
    for t in range(horizon):
        step(rng, many, state, shocks[:, t])
        ahead[:, t] = state["observed"]
    ahead = ahead.reshape(instruments, futures, horizon) - anchor[:, None, None]
    path = path - anchor[:, None]
    rare_scale_break(rng, path)
    return Chunk(path.astype(np.float32), np.sort(ahead.transpose(0, 2, 1).astype(np.float32), axis=2))


def draw_law(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    """Returns the parameters of n instruments; every array is [n] but weekday [n, 5]."""

    def uniform(low, high):
        return rng.uniform(low, high, n)

    def log_uniform(low, high):
        return np.exp(rng.uniform(np.log(low), np.log(high), n))

    def only(share):
        return (rng.random(n) < share).astype(np.float64)

    law = {}
    law["sigma"] = log_uniform(0.004, 0.05)
    law["df"] = log_uniform(3.2, 30.0)
    law["skew"] = rng.normal(0.02, 0.05, n)

    # Volatility: GARCH/GJR feedback, two-factor stochastic volatility, both, or neither.
    family = rng.random(n)
    has_garch = (family < 0.45).astype(np.float64)
    has_sv = ((family > 0.35) & (family < 0.93)).astype(np.float64)
    law["persistence"] = 1.0 - log_uniform(0.005, 0.15)
    law["alpha"] = law["persistence"] * log_uniform(0.01, 0.22) * has_garch
    law["beta"] = (law["persistence"] * has_garch) - law["alpha"]
    law["omega"] = 1.0 - law["alpha"] - law["beta"]
    law["gjr"] = uniform(-0.2, 1.2) * only(0.7)
    law["slow_decay"] = np.exp(-np.log(2.0) / log_uniform(25.0, 300.0))
    law["slow_sd"] = 0.5 * uniform(0.0, 1.0) ** 1.2 * has_sv
    law["fast_decay"] = np.exp(-np.log(2.0) / log_uniform(1.2, 15.0))
    law["fast_sd"] = 0.5 * uniform(0.0, 1.0) ** 1.3 * has_sv
    law["leverage"] = uniform(-0.9, 0.3) * has_sv * only(0.9)
    law["regime_factor"] = np.exp(uniform(0.3, 1.1) * only(0.1))
    law["regime_enter"] = 1.0 / log_uniform(40.0, 500.0)
    law["regime_leave"] = 1.0 / log_uniform(5.0, 120.0)

    # Large moves: jumps (with or without feedback), scheduled announcements, bursts that follow.
    law["jump_rate"] = log_uniform(0.003, 0.05) * only(0.5)
    law["jump_size"] = uniform(1.5, 6.0)
    law["jump_bias"] = uniform(-0.3, 0.8)
    law["jump_feedback"] = only(0.3)
    law["report_size"] = uniform(1.0, 6.0) * only(0.5)
    law["report_every"] = np.full(n, 63.0)
    law["burst_add"] = uniform(0.1, 1.2) * only(0.3)
    law["burst_decay"] = np.exp(-np.log(2.0) / log_uniform(0.6, 6.0))
    law["burst_threshold"] = uniform(2.2, 4.0)

    # The small predictable part: drift, slow trends, autocorrelation, bounce, reversion of level.
    law["drift"] = law["sigma"] * rng.normal(0.02, 0.03, n)
    law["trend_sd"] = law["sigma"] * uniform(0.0, 0.1) * only(0.2)
    law["trend_decay"] = np.exp(-np.log(2.0) / log_uniform(4.0, 60.0))
    law["ar"] = rng.normal(0.005, 0.035, n)
    law["bounce"] = law["sigma"] * uniform(0.0, 0.25) * only(0.12)
    law["reversion"] = np.log(2.0) / log_uniform(10.0, 150.0) * only(0.06)

    # What the exchange does to the price: ticks, daily limits, unchanged days, weekdays.
    law["tick"] = np.where(rng.random(n) < 0.6, log_uniform(1e-4, 6e-3), 0.0)
    law["limit"] = np.where(rng.random(n) < 0.35, np.where(rng.random(n) < 0.85, 0.3, 0.1), 9.0)
    law["limit_carry"] = uniform(0.0, 1.0)
    law["limit_burst"] = uniform(0.0, 1.5)
    law["unchanged"] = log_uniform(0.002, 0.1) * only(0.15)
    weekday = np.exp(rng.normal(0.0, 0.1, (n, 5)) * only(0.3)[:, None])
    law["weekday"] = weekday / np.sqrt(np.mean(weekday**2, axis=1, keepdims=True))
    return law


def draw_state(rng: np.random.Generator, law: dict[str, np.ndarray], n: int) -> dict[str, np.ndarray]:
    """Returns where n instruments start; every array is [n]."""
    enter, leave = law["regime_enter"], law["regime_leave"]
    return {
        "garch": np.exp(rng.normal(0.0, 0.4, n) * (law["alpha"] > 0)),
        "slow": rng.normal(0.0, 1.0, n) * law["slow_sd"],
        "fast": rng.normal(0.0, 1.0, n) * law["fast_sd"],
        "turbulent": (rng.random(n) < enter / (enter + leave)).astype(np.float64),
        "burst": np.zeros(n),
        "trend": rng.normal(0.0, 1.0, n) * law["trend_sd"],
        "last_return": np.zeros(n),
        "carry": np.zeros(n),
        "to_report": np.floor(rng.random(n) * law["report_every"]),
        "day": rng.integers(0, 5, n).astype(np.float64),
        "level": np.zeros(n),
        "observed": np.zeros(n),
    }


def standard_shocks(rng: np.random.Generator, law: dict[str, np.ndarray], n: int, steps: int) -> np.ndarray:
    """Returns Student-t shocks of unit variance [n, steps], cut at 12."""
    df = law["df"][:, None]
    chi2 = rng.chisquare(df, (n, steps))
    t = rng.standard_normal((n, steps)) * np.sqrt((df - 2.0) / chi2)
    return np.clip(t, -12.0, 12.0)


def step(rng: np.random.Generator, law: dict[str, np.ndarray], state: dict[str, np.ndarray], shock: np.ndarray) -> None:
    """Moves every instrument one day ahead, in place."""
    n = len(shock)
    normal = rng.standard_normal((4, n), np.float32)
    chance = rng.random((4, n), np.float32)

    skew = law["skew"]
    shock = (shock * (1.0 + skew * np.sign(shock)) - 0.75 * skew) / np.sqrt(1.0 + skew * skew)
    day = state["day"].astype(np.int64)
    regime = 1.0 + state["turbulent"] * (law["regime_factor"] - 1.0)
    log_vol = state["slow"] + state["fast"]
    vol = np.sqrt(state["garch"]) * np.exp(np.clip(log_vol, -3.0, 2.5)) * regime * (1.0 + state["burst"])
    vol = np.minimum(vol, 15.0)

    reports = state["to_report"] <= 0.0
    jumps = chance[0] < law["jump_rate"]
    extra = np.where(jumps, (normal[0] + law["jump_bias"]) * law["jump_size"], 0.0)
    felt = shock + extra * law["jump_feedback"]
    size = shock * np.where(reports, 1.0 + law["report_size"], 1.0) + extra
    weekday = law["weekday"][np.arange(n), day]
    move = law["sigma"] * vol * weekday * size
    move = move + law["ar"] * state["last_return"] + law["drift"] + state["trend"] - law["reversion"] * state["level"]
    move = np.where(chance[1] < law["unchanged"], 0.0, move + state["carry"])

    limited = np.clip(move, np.log1p(-np.minimum(law["limit"], 0.999)), np.log1p(law["limit"]))
    at_limit = limited != move
    state["carry"] = (move - limited) * law["limit_carry"]
    state["level"] = state["level"] + limited
    state["last_return"] = limited
    seen = state["level"] + law["bounce"] * normal[1]
    tick = law["tick"]
    safe = np.where(tick > 0.0, tick, 1.0)
    ticks = np.maximum(np.round(np.exp(np.clip(seen, -20.0, 20.0)) / safe), 1.0)
    state["observed"] = np.where(tick > 0.0, np.log(ticks * safe), seen)

    squared = np.minimum(felt * felt, 60.0) * state["garch"]
    state["garch"] = np.clip(
        law["omega"] + law["beta"] * state["garch"] + law["alpha"] * squared * (1.0 - 0.6 * law["gjr"] * np.sign(felt)),
        0.02,
        60.0,
    )
    rho = law["leverage"]
    pushed = rho * np.clip(shock, -4.0, 4.0) + np.sqrt(1.0 - rho * rho) * normal[2]
    state["slow"] = advance(state["slow"], law["slow_decay"], law["slow_sd"], pushed)
    state["fast"] = advance(state["fast"], law["fast_decay"], law["fast_sd"], 0.7 * pushed + 0.714 * normal[3])
    turbulent = state["turbulent"] > 0.5
    flips = chance[2] < np.where(turbulent, law["regime_leave"], law["regime_enter"])
    state["turbulent"] = np.where(flips, 1.0 - state["turbulent"], state["turbulent"])
    bursts = np.abs(felt) > law["burst_threshold"]
    state["burst"] = np.minimum(
        law["burst_decay"] * state["burst"] + law["burst_add"] * bursts + law["limit_burst"] * at_limit, 4.0
    )
    state["trend"] = advance(state["trend"], law["trend_decay"], law["trend_sd"], normal[0])
    state["to_report"] = np.where(reports, law["report_every"] + np.round(4.0 * chance[3] - 2.0), state["to_report"] - 1.0)
    state["day"] = (state["day"] + 1.0) % 5.0


def advance(x: np.ndarray, decay: np.ndarray, sd: np.ndarray, innovation: np.ndarray) -> np.ndarray:
    """Returns the next value of a mean-zero AR(1) with stationary deviation sd."""
    return decay * x + sd * np.sqrt(1.0 - decay * decay) * innovation


def rare_scale_break(rng: np.random.Generator, path: np.ndarray) -> None:
    """Shifts the older part of one path in 250 by a split ratio that a source forgot to adjust, in place."""
    n, steps = path.shape
    for i in np.flatnonzero(rng.random(n) < 0.004):
        path[i, : rng.integers(1, steps - 1)] += np.log(rng.choice([2.0, 3.0, 5.0, 10.0, 0.5, 0.2, 0.1]))
