"""Compares simulated bars with real ones, moment by moment: what to look at before a law of the simulator is changed.

  python check_simulator.py --data DIR/krx-kospi --to 2021-12-31 --data DIR/us-sp500 --to 2014-12-31
"""

import argparse
from pathlib import Path

import numpy as np
import torch

import simulate as sim
from score import read

FIRST = 60
SIMULATED_DAYS = 490


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", action="append", default=[], help="folder of gzipped CSV; may be repeated")
    parser.add_argument("--to", action="append", default=[], help="last day of each folder, in order: before the spans that are scored")
    parser.add_argument("--instruments", type=int, default=1500, help="simulated ones")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if len(args.data) != len(args.to):
        raise SystemExit("Each --data needs a --to")
    for folder, end in zip(args.data, args.to):
        series = [bars[days <= end] for days, bars in (read(path) for path in sorted(Path(folder).glob("*.csv.gz")))]
        describe(Path(folder).name, [bars for bars in series if len(bars) > 300])
    torch.manual_seed(args.seed)
    path = sim.simulate(args.instruments, SIMULATED_DAYS, 5, 2, "cpu")[0].numpy().astype(float)
    whole = [p.T for p in path if p[1].std() > 0 and np.abs(np.diff(p[3])).max() < np.log(2) and (p[1] - p[2]).mean() > 1e-4]
    describe("simulated", whole)


def describe(name: str, series: list[np.ndarray]) -> None:
    """Prints how ranges, nights and returns of log bars [days, 4] stand to each other and to the next day."""
    rows = [moments(bars) for bars in series]
    table = np.array([r[:4] for r in rows])
    acf = np.mean([r[4] for r in rows], 0)
    from_returns, from_ranges, target = (np.concatenate([r[i] for r in rows]) for i in (5, 6, 7))
    one = np.ones((len(target), 1))
    fits = [r_squared(np.hstack([*x, one]), target) for x in ([from_returns], [from_ranges], [from_returns, from_ranges])]
    spread = [" ".join(f"{q:.2f}" for q in np.quantile(column, [0.1, 0.5, 0.9])) for column in table.T]
    print(f"{name}: {len(series)} instruments; 10 / 50 / 90 % of them:")
    print(f"  range variance over squared returns {spread[0]}; share of the night {spread[1]}; Parkinson over Rogers-Satchell {spread[2]}")
    print(f"  deviation of log range variance {spread[3]}; its autocorrelation at 1, 2, 5, 20 days " + " ".join(f"{a:.2f}" for a in acf))
    print(f"  R2 of the next absolute return: absolute returns {fits[0]:.3f}, ranges {fits[1]:.3f}, both {fits[2]:.3f}", flush=True)


def moments(bars: np.ndarray) -> tuple:
    """Returns ratios of one instrument, the autocorrelation of its log range variance, and rows of a regression of the next absolute return."""
    opened, high, low, close = bars.T
    move, night = np.diff(close), opened[1:] - close[:-1]
    up, down, body = (high - opened)[1:], (low - opened)[1:], (close - opened)[1:]
    session = up * (up - body) + down * (down - body)
    variance = night * night + session
    parkinson = np.mean((high - low)[1:] ** 2) / (4 * np.log(2))
    log = np.log(variance / variance.mean() + 0.01)
    log = log - log.mean()
    acf = [np.mean(log[k:] * log[:-k]) / np.mean(log * log) for k in (1, 2, 5, 20)]
    recent = averaged(move * move, 11.2)
    size = np.minimum(np.abs(move), 8 * np.maximum(np.sqrt(recent), 1e-5))
    width = np.sqrt(np.minimum(variance, 40 * recent))
    base, base_width = (np.maximum(averaged(x, 40), 1e-5) for x in (size, width))
    returns = np.stack([averaged(size, days) / base for days in (1, 3, 10, 150)], 1)[FIRST:-1].clip(0, 5)
    ranges = np.stack([averaged(width, days) / base_width for days in (0.3, 1, 3, 10, 150)], 1)[FIRST:-1].clip(0, 5)
    target = np.minimum(size[FIRST + 1 :] / base[FIRST:-1], 8)
    ratios = (variance.mean() / np.mean(move * move), np.mean(night * night) / variance.mean(), parkinson / max(session.mean(), 1e-12), log.std())
    return (*ratios, acf, returns, ranges, target)


def averaged(x: np.ndarray, half_life: float) -> np.ndarray:
    """Returns exponentially weighted means, started at the mean of 20 days."""
    decay, mean = 0.5 ** (1 / half_life), x[:20].mean()
    out = np.empty_like(x)
    for t, value in enumerate(x):
        mean = decay * mean + (1 - decay) * value
        out[t] = mean
    return out


def r_squared(design: np.ndarray, target: np.ndarray) -> float:
    weights, *_ = np.linalg.lstsq(design, target, rcond=None)
    return 1 - np.mean((target - design @ weights) ** 2) / target.var()


if __name__ == "__main__":
    main()
