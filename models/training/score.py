"""Scores a checkpoint against the random walk with EWMA volatility on real bars.

  python score.py --model ../default --data DIR/us-sp500 --from 2015-01-01

A data folder holds one gzipped CSV an instrument (date,open,high,low,close,...). Forecasts are made
at every close of the span; losses are in log returns from that close. Intervals in brackets are 95 %
moving-block bootstraps over dates (blocks of 20 dates, all instruments of a date together).
"""

import argparse
import gzip
import json
from bisect import bisect_left, insort
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from model import BarBolt, Shape

HORIZONS = (1, 3, 5)
INNER = np.arange(1, 10) / 10
DECAY = 0.94
SEED_DAYS = 20
WINDOW = 500
BLOCK = 20
REPLICATES = 2000


def main() -> None:
    args = arguments()
    model = load_run(args.run) if args.run else load_folder(Path(args.model))
    levels = np.array(model.shape.levels)
    inner = [int(np.argmin(np.abs(levels - q))) for q in INNER]
    for folder in args.data:
        dates, codes, vols, parts = [], [], [], {h: [] for h in HORIZONS}
        for path in sorted(Path(folder).glob("*.csv.gz")):
            days, bars = read(path)
            closes = bars[:, 3]
            origins = [t for t in range(args.history, len(closes)) if args.start <= days[t] <= args.end]
            if not origins:
                continue
            quantiles = forecast(model, without_bars(bars, args.without), origins)
            volatility = ewma_volatility(closes)
            vols.append(volatility[origins])
            dates.append(days[origins])
            codes.append(np.full(len(origins), path.name.split(".")[0]))
            for h in HORIZONS:
                outcome = np.full(len(origins), np.nan)
                due = np.array(origins) + h < len(closes)
                t = np.array(origins)[due]
                outcome[due] = closes[t + h] - closes[t]
                naive = filtered_history(closes, volatility, h, origins)
                parts[h].append((outcome, quantiles[:, :, h - 1], naive))
        dates, codes, vols = np.concatenate(dates), np.concatenate(codes), np.concatenate(vols)
        print(f"{Path(folder).name}: {len(set(codes))} instruments, {min(dates)} to {max(dates)}")
        skills = []
        for h in HORIZONS:
            outcome, ours, naive = (np.concatenate([p[i] for p in parts[h]]) for i in range(3))
            keep = ~np.isnan(outcome)
            rows = Rows(dates[keep], codes[keep], vols[keep], outcome[keep], ours[keep], naive[keep], levels, inner)
            skills.append(report(h, rows))
        print(f"  mean skill {100 * np.mean(skills):.2f} %", flush=True)


class Rows:
    """One horizon's forecasts: losses and coverage per origin."""

    def __init__(self, dates, codes, vols, outcome, ours, naive, levels, inner):
        self.dates, self.codes, self.vols = dates, codes, vols
        self.ours = pinball(outcome, ours[:, inner], INNER).mean(1)
        self.naive = pinball(outcome, naive, INNER).mean(1)
        lower, upper = ours[:, inner[0]], ours[:, inner[-1]]
        self.covered = ((outcome >= lower) & (outcome <= upper)).astype(float)
        self.naive_covered = ((outcome >= naive[:, 0]) & (outcome <= naive[:, -1])).astype(float)
        self.shares = {q: (outcome <= ours[:, i]).mean() for i, q in enumerate(levels)}


def report(h: int, rows: Rows) -> float:
    """Prints the scores of one horizon and returns the skill in pinball loss."""
    skill = 1 - rows.ours.sum() / rows.naive.sum()
    low, high, cover_low, cover_high = bootstrap(rows)
    names, index = np.unique(rows.codes, return_inverse=True)
    ours, naive = np.bincount(index, rows.ours), np.bincount(index, rows.naive)
    order = np.argsort(ours / naive)[::-1]
    worst = order[: max(1, len(names) // 10)]
    worst_skill = 1 - ours[worst].sum() / naive[worst].sum()
    edges = np.quantile(rows.vols, [1 / 3, 2 / 3])
    tercile = np.searchsorted(edges, rows.vols)
    ours_by, naive_by = (" ".join(f"{c[tercile == k].mean():.3f}" for k in range(3)) for c in (rows.covered, rows.naive_covered))
    print(
        f"  h={h} n={len(rows.ours)} pinball {1e4 * rows.ours.mean():.2f}e-4, naive {1e4 * rows.naive.mean():.2f}e-4, "
        f"skill {100 * skill:.2f} % [{100 * low:.2f}, {100 * high:.2f}]; coverage {rows.covered.mean():.3f} "
        f"[{cover_low:.3f}, {cover_high:.3f}] (naive {rows.naive_covered.mean():.3f}), by volatility {ours_by} (naive {naive_by}); "
        f"worst tenth of instruments {100 * worst_skill:.2f} %, worse than naive {np.mean(ours > naive):.2f}"
    )
    print("      share below: " + " ".join(f"{q:g}:{share:.3f}" for q, share in rows.shares.items()))
    return skill


def bootstrap(rows: Rows) -> tuple[float, float, float, float]:
    """Returns 95 % limits of the skill and of the coverage."""
    _, index = np.unique(rows.dates, return_inverse=True)
    sums = np.stack([np.bincount(index, v) for v in (rows.ours, rows.naive, rows.covered, np.ones(len(index)))])
    days = sums.shape[1]
    rng = np.random.default_rng(0)
    starts = rng.integers(0, days - BLOCK + 1, (REPLICATES, -(-days // BLOCK)))
    picked = (starts[:, :, None] + np.arange(BLOCK)).reshape(REPLICATES, -1)[:, :days]
    ours, naive, covered, count = sums[:, picked].sum(2)
    skill, cover = 1 - ours / naive, covered / count
    return (*np.quantile(skill, [0.025, 0.975]), *np.quantile(cover, [0.025, 0.975]))


def pinball(outcome: np.ndarray, quantiles: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Returns the pinball loss [origins, levels]."""
    error = outcome[:, None] - quantiles
    return np.maximum(levels * error, (levels - 1) * error)


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Returns dates and log bars [days, 4]; a day without a usable price has its close four times, high and low hold open and close."""
    with gzip.open(path, "rt") as lines:
        rows = [line.split(",") for line in lines.read().strip().split("\n")[1:]]
    bars = np.array([[float(v or "nan") for v in r[1:5]] for r in rows])
    bad = (~np.isfinite(bars) | (bars <= 0)).any(1)
    bars[bad] = bars[bad, 3:]
    bars[:, 1], bars[:, 2] = bars.max(1), bars.min(1)
    return np.array([r[0] for r in rows]), np.log(bars)


def without_bars(bars: np.ndarray, share: float) -> np.ndarray:
    """Returns bars [days, 4] of which that share of the days, drawn with a seed, has its close four times."""
    bare = np.random.default_rng(5).random(len(bars)) < share
    return np.where(bare[:, None], bars[:, 3:], bars)


def ewma_volatility(closes: np.ndarray) -> np.ndarray:
    """Returns the volatility of the next day known at each close; started at the mean of 20 squares."""
    returns = np.diff(closes)
    variance = np.empty(len(closes))
    variance[0] = np.mean(returns[:SEED_DAYS] ** 2)
    for t, r in enumerate(returns):
        variance[t + 1] = DECAY * variance[t] + (1 - DECAY) * r * r
    return np.sqrt(variance)


def filtered_history(closes: np.ndarray, volatility: np.ndarray, h: int, origins: list[int]) -> np.ndarray:
    """Returns quantiles [origins, 9]: volatility times the quantiles (R-7) of the last 500 standardised moves
    whose end is known."""
    moves = (closes[h:] - closes[:-h]) / volatility[:-h]
    wanted = {t: i for i, t in enumerate(origins)}
    out = np.empty((len(origins), len(INNER)))
    window: list[float] = []
    for t in range(h, len(closes)):
        ended = t - h
        if ended >= SEED_DAYS:
            insort(window, moves[ended])
        if ended - WINDOW >= SEED_DAYS:
            window.pop(bisect_left(window, moves[ended - WINDOW]))
        if t in wanted:
            rank = INNER * (len(window) - 1)
            out[wanted[t]] = np.interp(rank, np.arange(len(window)), window) * volatility[t]
    return out


def forecast(model: BarBolt, bars: np.ndarray, origins: list[int]) -> np.ndarray:
    """Returns quantiles of log returns [origins, levels, horizon], sorted by level."""
    length = model.shape.context
    padded = np.concatenate([np.full((length, 4), np.nan), bars])
    context = np.stack([(padded[t + 1 : t + 1 + length] - bars[t, 3]).T for t in origins]).astype(np.float32)
    with torch.no_grad():
        output, scale = model(torch.from_numpy(context))
    return np.sort((output * scale[:, :, None]).numpy().astype(np.float64), axis=1)


def load_run(path: str) -> BarBolt:
    """Returns the averaged network of a training run."""
    saved = torch.load(path, weights_only=True)
    model = BarBolt(Shape(**saved["shape"]))
    model.load_state_dict(saved["ema"])
    return model.eval()


def load_folder(folder: Path) -> BarBolt:
    """Returns the network of an exported checkpoint."""
    config = json.loads((folder / "config.json").read_text())
    chronos = config["chronos_config"]
    shape = Shape(
        context=chronos["context_length"], patch=chronos["input_patch_size"], horizon=chronos["prediction_length"],
        d_model=config["d_model"], d_kv=config["d_kv"], d_ff=config["d_ff"], heads=config["num_heads"], layers=config["num_layers"],
        decoder_layers=config["num_decoder_layers"], levels=tuple(chronos["quantiles"]),
    )
    model = BarBolt(shape)
    model.load_state_dict({name: value.float() for name, value in load_file(folder / "model.safetensors").items()})
    return model.eval()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--model", help="folder of an exported checkpoint")
    source.add_argument("--run", help="file of a training run")
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--without", type=float, default=0.0, help="share of the days of which the network gets the close alone")
    parser.add_argument("--closes", dest="without", action="store_const", const=1.0, help="give the network closes alone")
    parser.add_argument("--from", dest="start", default="0000")
    parser.add_argument("--to", dest="end", default="9999")
    parser.add_argument("--history", type=int, default=300, help="closes before the first origin")
    return parser.parse_args()


if __name__ == "__main__":
    main()
