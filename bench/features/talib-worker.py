"""TA-Lib's side of bench/features/bench.ts: reads a folder of prices, then computes all of them once for every line on stdin.

Answers the number of values, then one line per pass: CPU seconds, checksum. Needs TA-Lib 0.8.2 and numpy (test/parity/features/requirements.txt).
"""
import csv
import gzip
import pathlib
import sys
import time

import numpy as np
import talib


def read(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt") as text:
        rows = list(csv.DictReader(text))
    return [np.array([float(row[name]) for row in rows]) for name in ("open", "high", "low", "close", "volume")]


def compute(o, h, l, c, v):
    """The columns that both have, in TA-Lib's own functions and numpy's arithmetic, as bench.ts names them."""
    macd, signal, histogram = talib.MACD(c, 12, 26, 9)
    k, d = talib.STOCH(h, l, c, fastk_period=14, slowk_period=3, slowd_period=3)
    upper, middle, lower = talib.BBANDS(c, 20, 2, 2)
    s5, s20, s60, s120 = (talib.SMA(c, n) for n in (5, 20, 60, 120))
    v20 = talib.SMA(v, 20)
    return [
        talib.RSI(c, 5), talib.RSI(c, 14), macd / c, signal / c, histogram / c, k, d, talib.ROC(c, 12), talib.ROC(c, 120),
        talib.WILLR(h, l, c, 14), talib.CCI(h, l, c, 14),
        c / s5 - 1, c / s20 - 1, c / s60 - 1, c / s120 - 1, s20 / s60 - 1,
        talib.LINEARREG_SLOPE(c, 20) / c, talib.LINEARREG_SLOPE(c, 60) / c,
        c / talib.MAX(h, 252) - 1, c / talib.MIN(l, 252) - 1, c / talib.MAX(c, 60) - 1,
        talib.ADX(h, l, c, 14), talib.PLUS_DI(h, l, c, 14) - talib.MINUS_DI(h, l, c, 14), talib.AROONOSC(h, l, 25),
        talib.ATR(h, l, c, 14) / c, (upper - lower) / middle, (c - lower) / (upper - lower),
        v / v20, talib.SMA(v, 5) / talib.SMA(v, 60) - 1,
        talib.LINEARREG_SLOPE(talib.OBV(c, v), 20) / v20, talib.MFI(h, l, c, v, 14), talib.BOP(o, h, l, c),
        talib.CORREL(talib.ROCP(c, 1), v, 20),
    ]


instruments = [read(path) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.csv*"))]
print(sum(len(i[0]) for i in instruments), len(compute(*instruments[0])), flush=True)
for _ in sys.stdin:
    start = time.process_time()
    # The matrix too: [bars, columns] row-major, as the other side gives it.
    checksum = sum(float(np.nansum(np.column_stack(compute(*instrument))[-1])) for instrument in instruments)
    print(time.process_time() - start, checksum, flush=True)
