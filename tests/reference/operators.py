"""Writes operators.csv: what the expressions of the tests are worth on panel.csv, by pandas and scipy.

Run with Debian's python3-pandas and python3-scipy: /usr/bin/python3 tests/reference/operators.py
"""

import pathlib

import numpy as np
import pandas as pd
import scipy.stats

HERE = pathlib.Path(__file__).parent
panel = pd.read_csv(HERE / "panel.csv")


def column(name):
    """A frame of one row a bar and one column an entity."""
    return panel.pivot(index="bar", columns="entity", values=name)


close, volume, rate = column("close"), column("volume"), column("Exchange rate")


def sub(a, b):
    """a - b, 0 within 1e-12 of the larger operand."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    equal = abs(a - b) <= 1e-12 * np.maximum(abs(a), abs(b))
    return frame(np.where(equal, 0.0, a - b))


def frame(values):
    return pd.DataFrame(np.asarray(values, float), index=close.index, columns=close.columns)


def finite(values):
    return frame(values).replace([np.inf, -np.inf], np.nan)


def where_there(values, *operands):
    """Values, missing where an operand is."""
    there = np.logical_and.reduce([operand.notna() for operand in operands])
    return frame(values).where(there)


def windows(f, n, *frames):
    """f of every full window without a missing value."""
    result = frame(np.full(close.shape, np.nan))
    for entity in close.columns:
        series = [one[entity].to_numpy() for one in frames]
        for end in range(n, len(close) + 1):
            parts = [one[end - n : end] for one in series]
            if not any(np.isnan(part).any() for part in parts):
                result.iloc[end - 1, close.columns.get_loc(entity)] = f(*parts)
    return result


def ema(x, n):
    """ewm of every stretch without a missing value, each on its own."""
    def one(series):
        stretch = series.isna().cumsum()
        parts = [part.dropna().ewm(span=n, adjust=False, min_periods=n).mean() for _, part in series.groupby(stretch)]
        return pd.concat(parts).reindex(series.index)
    return x.apply(one)


def correlation(x, y):
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    return scipy.stats.pearsonr(x, y)[0]


def ts_zscore(x):
    return np.nan if np.ptp(x) == 0 else (x[-1] - x.mean()) / x.std(ddof=1)


def across(f):
    """f of the values there are at each bar."""
    def one(row):
        there = row.dropna()
        return pd.Series(f(there.to_numpy()), index=there.index).reindex(row.index)
    return lambda x: x.apply(one, axis=1)


def zscore(x):
    return np.full(len(x), np.nan) if len(x) < 2 or np.ptp(x) == 0 else scipy.stats.zscore(x, ddof=1)


def winsorize(share):
    return across(lambda x: np.clip(x, np.quantile(x, share), np.quantile(x, 1 - share)) if len(x) else x)


def decay(x):
    return np.average(x, weights=np.arange(1, len(x) + 1))


returns = sub(finite(close / close.shift(1)), 1.0)
mean = lambda x, n: x.rolling(n).mean()

EXPECTED = {
    "close + volume * 2": close + volume * 2,
    "close / volume": finite(close / volume),
    "-[Exchange rate] ^ 2": -(rate**2),
    "2 ^ [Exchange rate] ^ 2": finite(2.0 ** (rate**2)),
    "[Exchange rate] ^ 0.5": finite(np.sign(rate).where(rate >= 0) * abs(rate) ** 0.5),
    "close - delay(close, 1)": sub(close, close.shift(1)),
    "close > delay(close, 1)": frame(sub(close, close.shift(1)) > 0),
    "close >= delay(close, 1)": frame(sub(close, close.shift(1)) >= 0),
    "close < delay(close, 1)": frame(sub(close, close.shift(1)) < 0),
    "close <= delay(close, 1)": frame(sub(close, close.shift(1)) <= 0),
    "close == delay(close, 1)": frame(sub(close, close.shift(1)) == 0),
    "close != delay(close, 1)": frame(abs(sub(close, close.shift(1))) > 0),
    "volume && [Exchange rate]": where_there((volume != 0) & (rate != 0), volume, rate),
    "volume || [Exchange rate]": where_there((volume != 0) | (rate != 0), volume, rate),
    "!volume": where_there(volume == 0, volume),
    "volume > 200 ? close : -close": close.where(volume > 200, -close),
    "if(volume, 1, [Exchange rate])": frame(np.where(volume != 0, 1.0, rate)).where(volume.notna()),
    "abs([Exchange rate])": abs(rate),
    "log([Exchange rate])": np.log(rate.where(rate > 0)),
    "log(close)": np.log(close),
    "sign([Exchange rate])": np.sign(rate),
    "signedpower([Exchange rate], 1.5)": np.sign(rate) * abs(rate) ** 1.5,
    "min(close, volume)": where_there(np.minimum(close, volume), close, volume),
    "max(close, volume)": where_there(np.maximum(close, volume), close, volume),
    "delay([Exchange rate], 7)": rate.shift(7),
    "delta(close, 3)": sub(close, close.shift(3)),
    "returns": returns,
    "adv(5)": mean(close * volume, 5),
    "ts_sum([Exchange rate], 6)": windows(np.sum, 6, rate),
    "ts_mean(close, 1)": close,
    "sma(close, 10)": mean(close, 10),
    "sign(sma(close, 3) - sma(close, 8))": np.sign(sub(windows(np.mean, 3, close), windows(np.mean, 8, close))),
    "ts_std(close, 9)": windows(lambda x: np.std(x, ddof=1), 9, close),
    "ts_min([Exchange rate], 5)": rate.rolling(5).min(),
    "ts_max([Exchange rate], 12)": rate.rolling(12).max(),
    "ts_rank(close, 8)": windows(lambda x: scipy.stats.rankdata(x)[-1] / len(x), 8, close),
    "ts_argmin(close, 8)": windows(lambda x: 1 + np.argmin(x), 8, close),
    "ts_argmax(close, 8)": windows(lambda x: 1 + np.argmax(x), 8, close),
    "ts_zscore(close, 10)": windows(ts_zscore, 10, close),
    "product(1 + [Exchange rate] / 10, 5)": windows(np.prod, 5, 1 + rate / 10),
    "decay_linear(close, 7)": windows(decay, 7, close),
    "ema(close, 6)": ema(close, 6),
    "correlation(close, [Exchange rate], 10)": windows(correlation, 10, close, rate),
    "covariance(close, [Exchange rate], 10)": windows(lambda x, y: np.cov(x, y)[0, 1], 10, close, rate),
    "rank(volume)": volume.rank(axis=1, pct=True),
    "rank(returns)": returns.rank(axis=1, pct=True),
    "scale([Exchange rate])": rate.div(abs(rate).sum(axis=1), axis=0),
    "scale(volume, 3)": finite(3 * volume.div(volume.sum(axis=1), axis=0)),
    "zscore(volume)": across(zscore)(volume),
    "demean(volume)": volume.sub(volume.mean(axis=1), axis=0),
    "winsorize(volume)": winsorize(0.05)(volume),
    "winsorize(close, 0.25)": winsorize(0.25)(close),
}

table = pd.DataFrame({text: frame(values).stack(dropna=False) for text, values in EXPECTED.items()})
table.swaplevel().sort_index().to_csv(
    HERE / "operators.csv", float_format="%.12g", index_label=["entity", "bar"], lineterminator="\n"
)
