"""Writes golden values for the feature families to test/fixtures/features/golden.json.

    pip install -r requirements.txt
    python make-golden.py

Input: two simulated instruments (seeded geometric random walks with gaps, halts and changing volume), made here; no real
prices. "talib" holds what TA-Lib's C library says, brought to the library's units (price differences over close); "numpy" an
independent computation with numpy and pandas, window by window. Only every fourteenth row is kept, and the last.
"""
import json
import pathlib

import numpy as np
import pandas as pd
import talib

KEEP_EVERY = 14


def simulate(seed, bars, start, step, halted):
    """OHLCV on the price grid `step`; `halted` days are left out of the dates."""
    random = np.random.default_rng(seed)
    days = pd.bdate_range("2021-01-04", periods=bars + len(halted))
    days = days.delete(halted)
    sigma = 0.02 * np.exp(np.cumsum(random.normal(0, 0.03, bars)))
    overnight = random.standard_t(5, bars) * sigma * 0.5
    path = random.normal(0, 1, (bars, 30)) * (sigma / np.sqrt(30))[:, None]
    close_log = np.log(start) + np.cumsum(overnight + path.sum(axis=1))
    open_log = np.concatenate([[np.log(start)], close_log[:-1]]) + overnight
    inner = open_log[:, None] + np.cumsum(path, axis=1)
    grid = lambda logs: np.maximum(step, np.round(np.exp(logs) / step) * step)
    frame = pd.DataFrame({
        "open": grid(open_log),
        "high": grid(np.maximum(inner.max(axis=1), open_log)),
        "low": grid(np.minimum(inner.min(axis=1), open_log)),
        "close": grid(inner[:, -1]),
        "volume": np.round(np.exp(random.normal(12, 0.5, bars) + 8 * np.abs(overnight))),
    }, index=days)
    digits = max(0, -int(np.floor(np.log10(step))))
    frame[["open", "high", "low", "close"]] = frame[["open", "high", "low", "close"]].round(digits)
    return frame


def talib_values(f):
    o, h, l, c, v = (f[name].to_numpy(float) for name in ("open", "high", "low", "close", "volume"))
    macd, signal, histogram = talib.MACD(c, 12, 26, 9)
    k, d = talib.STOCH(h, l, c, fastk_period=14, slowk_period=3, slowd_period=3)
    upper, middle, lower = talib.BBANDS(c, 20, 2, 2)
    sma = lambda n: talib.SMA(c, n)
    values = {
        "rsi_5": talib.RSI(c, 5),
        "rsi_14": talib.RSI(c, 14),
        "macd": macd / c,
        "macd_signal": signal / c,
        "macd_hist": histogram / c,
        "stoch_k": k,
        "stoch_d": d,
        "roc_12": talib.ROC(c, 12),
        "roc_120": talib.ROC(c, 120),
        "willr_14": talib.WILLR(h, l, c, 14),
        "cci_14": talib.CCI(h, l, c, 14),
        "sma_cross_20_60": sma(20) / sma(60) - 1,
        "high_gap_252": c / talib.MAX(h, 252) - 1,
        "low_gap_252": c / talib.MIN(l, 252) - 1,
        "drawdown_60": c / talib.MAX(c, 60) - 1,
        "adx_14": talib.ADX(h, l, c, 14),
        "di_diff_14": talib.PLUS_DI(h, l, c, 14) - talib.MINUS_DI(h, l, c, 14),
        "aroon_osc_25": talib.AROONOSC(h, l, 25),
        "atr_14": talib.ATR(h, l, c, 14) / c,
        "bb_width_20": (upper - lower) / middle,
        "bb_pct_b_20": (c - lower) / (upper - lower),
        "volume_ratio_20": v / talib.SMA(v, 20),
        "volume_trend_5_60": talib.SMA(v, 5) / talib.SMA(v, 60) - 1,
        "obv_slope_20": talib.LINEARREG_SLOPE(talib.OBV(c, v), 20) / talib.SMA(v, 20),
        "mfi_14": talib.MFI(h, l, c, v, 14),
        "bop": talib.BOP(o, h, l, c),
        "ret_volume_corr_20": np.concatenate([[np.nan], talib.CORREL(c[1:] / c[:-1] - 1, v[1:], 20)]),
    }
    for n in (5, 20, 60, 120):
        values[f"sma_gap_{n}"] = c / sma(n) - 1
    for n in (20, 60):
        values[f"slope_{n}"] = talib.LINEARREG_SLOPE(c, n) / c
    return values


def numpy_values(f):
    o, h, l, c, v = (f[name] for name in ("open", "high", "low", "close", "volume"))
    r = np.log(c / c.shift())
    simple = c.pct_change()
    rms = lambda n: np.sqrt((r**2).rolling(n).apply(np.mean, raw=True))
    mean = lambda x, n: x.rolling(n).apply(np.mean, raw=True)
    total = lambda x, n: x.rolling(n).apply(np.sum, raw=True)
    sample = lambda x, n: x.rolling(n).apply(lambda w: np.std(w, ddof=1), raw=True)
    gap = np.log(o / c.shift())
    satchell = np.log(h / c) * np.log(h / o) + np.log(l / c) * np.log(l / o)
    k = 0.34 / (1.34 + 21 / 19)
    variance = pd.Series(np.nan, index=c.index)
    variance.iloc[20] = (r.iloc[1:21] ** 2).mean()
    for t in range(21, len(c)):
        variance.iloc[t] = 0.94 * variance.iloc[t - 1] + 0.06 * r.iloc[t] ** 2
    typical = (h + l + c) / 3
    impact = (simple.abs() / (c * v)).where(v > 0)
    average_impact = lambda n: impact.rolling(n, min_periods=1).apply(np.nanmean, raw=True).where(np.arange(len(c)) >= n)
    values = {
        "mom_252_21": c.shift(21) / c.shift(252) - 1,
        "rv_ratio_5_60": rms(5) / rms(60),
        "ewma_vol_94": np.sqrt(variance),
        "vol_of_vol_60": sample(rms(5), 60) / mean(rms(5), 60),
        "downside_share_20": total((r**2).where(r < 0, 0).where(r.notna()), 20) / total(r**2, 20),
        "skew_60": np.sqrt(60) * total(r**3, 60) / total(r**2, 60) ** 1.5,
        "parkinson_20": np.sqrt(mean(np.log(h / l) ** 2, 20) / (4 * np.log(2))),
        "garman_klass_20": np.sqrt(mean(np.log(h / l) ** 2 / 2 - (2 * np.log(2) - 1) * np.log(c / o) ** 2, 20)),
        "rogers_satchell_20": np.sqrt(mean(satchell + gap**2, 20)),
        "yang_zhang_20": np.sqrt(sample(gap, 20) ** 2 + k * sample(np.log(c / o), 20) ** 2 + (1 - k) * mean(satchell, 20)),
        "volume_z_20": (v - mean(v, 20)) / sample(v, 20),
        "cmf_20": total(((2 * c - h - l) / (h - l)).where(h > l, 0) * v, 20) / total(v, 20),
        "amihud_20_120": average_impact(20) / average_impact(120),
        "vwap_gap_20": c / (total(typical * v, 20) / total(v, 20)) - 1,
        "body": c / o - 1,
        "upper_shadow": (h - np.maximum(o, c)) / c,
        "lower_shadow": (np.minimum(o, c) - l) / c,
        "range": (h - l) / c,
        "close_location": (c - l) / (h - l),
        "gap": o / c.shift() - 1,
        "weekday": pd.Series(c.index.day_of_week, c.index).astype(float),
        "month": pd.Series(c.index.month, c.index).astype(float),
        "month_end_distance": pd.Series(
            [float(len(pd.bdate_range(day + pd.Timedelta(days=1), day + pd.offsets.MonthEnd(0)))) for day in c.index], c.index),
        "days_since_bar": c.index.to_series().diff().dt.days,
    }
    for n in (1, 2, 3, 5, 10, 20, 60):
        values[f"ret_{n}"] = c / c.shift(n) - 1
    for n in (5, 20, 60):
        values[f"rv_{n}"] = rms(n)
    return {name: column.to_numpy(float) for name, column in values.items()}


def plain(x):
    return None if np.isnan(x) else int(x) if x == int(x) else float(x)


instruments = []
for name, frame in {
    "won": simulate(11, 420, 52_000, 100, [70, 71, 72, 200]),
    "dollar": simulate(12, 330, 12.5, 0.01, [5, 150, 151]),
}.items():
    frame.loc[frame.index[[40, 41]], "volume"] = 0
    rows = sorted({*range(0, len(frame), KEEP_EVERY), len(frame) - 1})
    keep = lambda columns: {key: [plain(x) for x in column[rows]] for key, column in sorted(columns.items())}
    instruments.append({
        "name": name,
        "dates": [day.strftime("%Y-%m-%d") for day in frame.index],
        **{key: [plain(x) for x in frame[key]] for key in ("open", "high", "low", "close", "volume")},
        "rows": rows,
        "talib": keep(talib_values(frame)),
        "numpy": keep(numpy_values(frame)),
    })

target = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "features" / "golden.json"
target.parent.mkdir(parents=True, exist_ok=True)
made_by = f"test/parity/features/make-golden.py, TA-Lib {talib.__ta_version__.decode().split()[0]}, numpy {np.__version__}, pandas {pd.__version__}"
lines = [json.dumps(instrument, separators=(",", ":")).replace('],"', '],\n"') for instrument in instruments]
target.write_text('{"madeBy":' + json.dumps(made_by) + ',"instruments":[\n' + ",\n".join(lines) + "]}\n")
print(target.stat().st_size, made_by)
