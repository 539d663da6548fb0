"""The system first asked for as a Python programmer writes it: pandas features, chronos-forecasting, a pair of lightgbm models a code and
horizon, SQLAlchemy on SQLite. Started by run.mjs: python twin.py PRICES CHECKPOINT DATABASE BASE_DATE MATCH_DATE CODE ...; one JSON line out."""

import json
import resource
import sys
import time
from pathlib import Path

began = time.perf_counter()
import lightgbm as lgb
import numpy as np
import pandas as pd
import torch
from chronos import BaseChronosPipeline
from sqlalchemy import Float, Integer, String, Text, create_engine, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

HORIZONS = [1, 3, 5]
TRAINING_BARS, HISTORY_BARS, FLAT = 1250, 400, 0.003
PARAMS = dict(learning_rate=0.05, num_leaves=31, min_data_in_leaf=20, early_stopping_round=30, verbosity=-1)


class Base(DeclarativeBase):
    pass


class Prediction(Base):
    __tablename__ = "predictions"
    code = mapped_column(String, primary_key=True)
    base_date = mapped_column(String, primary_key=True)
    horizon = mapped_column(Integer, primary_key=True)
    base_close = mapped_column(Float)
    point = mapped_column(Float)
    low = mapped_column(Float)
    high = mapped_column(Float)
    direction = mapped_column(String)
    members = mapped_column(Text)


class Outcome(Base):
    __tablename__ = "outcomes"
    code = mapped_column(String, primary_key=True)
    base_date = mapped_column(String, primary_key=True)
    horizon = mapped_column(Integer, primary_key=True)
    actual_date = mapped_column(String)
    actual_close = mapped_column(Float)
    direction_hit = mapped_column(Integer)
    abs_error = mapped_column(Float)
    covered = mapped_column(Integer)


class Model(Base):
    __tablename__ = "models"
    key = mapped_column(String, primary_key=True)
    text = mapped_column(Text)


def features(bars):
    o, h, l, c, v = (bars[name] for name in ["open", "high", "low", "close", "volume"])
    r = np.log(c / c.shift(1))
    out = {f"ret_{n}": c / c.shift(n) - 1 for n in [1, 2, 3, 5, 10, 20, 60]}
    out |= {f"roc_{n}": 100 * (c / c.shift(n) - 1) for n in [12, 120]}
    out["sma_cross_20_60"] = c.rolling(20).mean() / c.rolling(60).mean() - 1
    out["high_gap_252"] = c / h.rolling(252).max() - 1
    out["low_gap_252"] = c / l.rolling(252).min() - 1
    out["drawdown_60"] = c / c.rolling(60).max() - 1
    mean, deviation = c.rolling(20).mean(), c.rolling(20).std(ddof=0)
    out["bb_width_20"] = 4 * deviation / mean
    out["bb_pct_b_20"] = 0.5 + (c - mean) / (4 * deviation)
    out |= {f"rv_{n}": np.sqrt((r**2).rolling(n).mean()) for n in [5, 20, 60]}
    out["parkinson_20"] = np.sqrt((np.log(h / l) ** 2).rolling(20).mean() / (4 * np.log(2)))
    out["volume_z_20"] = (v - v.rolling(20).mean()) / v.rolling(20).std()
    out["volume_ratio_20"] = v / v.rolling(20).mean()
    out["volume_trend_5_60"] = v.rolling(5).mean() / v.rolling(60).mean() - 1
    top, bottom = np.maximum(o, c), np.minimum(o, c)
    out["body"] = c / o - 1
    out["upper_shadow"] = (h - top) / c
    out["lower_shadow"] = (bottom - l) / c
    out["range"] = (h - l) / c
    out["close_location"] = (c - l) / (h - l)
    out["gap"] = o / c.shift(1) - 1
    return pd.DataFrame(out)


def load_prices(folder, codes):
    return {code: pd.read_csv(Path(folder) / f"{code}.csv.gz", dtype={"date": str}) for code in codes}


def upto(bars, date, count):
    return bars[bars["date"] <= date].tail(count).reset_index(drop=True)


def direction_of(change):
    return np.where(change > FLAT, 2, np.where(change < -FLAT, 0, 1))


def retrain(engine, prices, date):
    rows = []
    for code, whole in prices.items():
        bars = upto(whole, date, TRAINING_BARS)
        x = features(bars)
        for horizon in HORIZONS:
            change = bars["close"].shift(-horizon) / bars["close"] - 1
            labelled = len(bars) - horizon
            split = int(labelled * 0.8)
            train, valid = slice(0, split - horizon), slice(split, labelled)
            for kind, y, goal in [
                ("reg", change, dict(objective="regression", metric="l2")),
                ("cls", pd.Series(direction_of(change)), dict(objective="multiclass", num_class=3, metric="multi_logloss")),
            ]:
                data = lgb.Dataset(x.iloc[train], y.iloc[train])
                booster = lgb.train(PARAMS | goal, data, 300, valid_sets=[lgb.Dataset(x.iloc[valid], y.iloc[valid], reference=data)])
                rows.append(dict(key=f"{code}_h{horizon}_{kind}", text=booster.model_to_string()))
    with Session(engine) as session:
        session.execute(insert(Model).prefix_with("OR REPLACE"), rows)
        session.commit()


def daily_batch(engine, prices, pipeline, date):
    histories = {code: upto(bars, date, HISTORY_BARS) for code, bars in prices.items()}
    contexts = [torch.tensor(bars["close"].to_numpy(), dtype=torch.float32) for bars in histories.values()]
    quantiles, _ = pipeline.predict_quantiles(contexts, prediction_length=max(HORIZONS), quantile_levels=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    said_of = np.sort(quantiles.numpy(), axis=-1)[..., [0, 4, 8]]  # random weights let levels cross
    with Session(engine) as session:
        texts = dict(session.execute(select(Model.key, Model.text)).all())
        rows = []
        for (code, bars), said in zip(histories.items(), said_of):
            close = bars["close"].iloc[-1]
            x = features(bars).tail(1)
            for horizon in HORIZONS:
                change = lgb.Booster(model_str=texts[f"{code}_h{horizon}_reg"]).predict(x)[0]
                shares = lgb.Booster(model_str=texts[f"{code}_h{horizon}_cls"]).predict(x)[0]
                own = close * (1 + change)
                low, middle, high = map(float, said[horizon - 1])
                point = 0.6 * middle + 0.4 * own
                members = dict(chronos=[low, middle, high], lgbm=[own, *map(float, shares)])
                row = dict(code=code, base_date=bars["date"].iloc[-1], horizon=horizon, base_close=close, point=point)
                row |= dict(low=0.6 * low + 0.4 * own * 0.97, high=0.6 * high + 0.4 * own * 1.03)
                rows.append(row | dict(direction=str(direction_of(point / close - 1)), members=json.dumps(members)))
        session.execute(insert(Prediction).prefix_with("OR REPLACE"), rows)
        session.commit()


def match(engine, prices, date):
    with Session(engine) as session:
        rows = []
        for due in session.scalars(select(Prediction)):
            bars = prices[due.code]
            at = bars.index[bars["date"] == due.base_date][0] + due.horizon
            if at >= len(bars) or bars["date"].iloc[at] > date:
                continue
            close = float(bars["close"].iloc[at])
            hit = int(str(direction_of(close / due.base_close - 1)) == due.direction)
            row = dict(code=due.code, base_date=due.base_date, horizon=due.horizon, actual_date=bars["date"].iloc[at], actual_close=close)
            rows.append(row | dict(direction_hit=hit, abs_error=abs(close - due.point), covered=int(due.low <= close <= due.high)))
        session.execute(insert(Outcome).prefix_with("OR REPLACE"), rows)
        session.commit()
        return len(rows)


if __name__ == "__main__":
    folder, checkpoint, database, base_date, match_date, *codes = sys.argv[1:]
    engine = create_engine(f"sqlite:///{database}")
    Base.metadata.create_all(engine)
    prices = load_prices(folder, codes)
    pipeline = BaseChronosPipeline.from_pretrained(checkpoint, dtype=torch.float32)
    seconds, cpu, matched = dict(start=time.perf_counter() - began), dict(start=time.process_time()), 0
    for name, work in [
        ("retrain", lambda: retrain(engine, prices, base_date)),
        ("batch", lambda: daily_batch(engine, prices, pipeline, base_date)),
        ("match", lambda: match(engine, prices, match_date)),
    ]:
        started, used = time.perf_counter(), time.process_time()
        matched = work() or matched
        seconds[name] = time.perf_counter() - started
        cpu[name] = time.process_time() - used
    print(json.dumps(dict(seconds=seconds, cpu=cpu, matched=matched, peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))
