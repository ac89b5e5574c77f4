#!/usr/bin/env python3
"""Eighteen of the 101 formulaic alphas on the data that ship, for FormulaicAlphaTests.cs.

    python3 tests/reference/alphas.py docs/examples/data/sp500-2000.csv ../shared/data/fx-daily.csv \
        > tests/reference/alphas.csv

Z. Kakushadze, "101 Formulaic Alphas", 2016 (arXiv:1601.00991), appendix A, written with pandas from the paper's text.
Alphas that rank across stocks need several series: those of the currency pairs.
One row for each alpha, entity and bar of a sample of bars: the last 40, and every 97th.
"""

import csv
import sys

import numpy as np
import pandas as pd


def load(path, entity):
    frame = pd.read_csv(path, parse_dates=["date"])
    if entity is None:
        frame["symbol"], entity = "sp500", "symbol"
    return {column: frame.pivot(index="date", columns=entity, values=column).sort_index(axis=1)
            for column in frame.columns if column not in ("date", entity)}


def rank(x):
    return x.rank(axis=1, pct=True)


def delay(x, n):
    return x.shift(n)


def snap(difference, a, b):
    """A difference within 1e-12 of the larger operand is none, as the language has it."""
    return difference.mask(difference.abs() <= 1e-12 * np.maximum(a.abs(), b.abs()), 0.0)


def minus(a, b):
    return snap(a - b, a, b)


def delta(x, n):
    return minus(x, delay(x, n))


def windows(x, n):
    """All full windows, newest last: bars × entities × n."""
    values = np.full((len(x), x.shape[1], n), np.nan)
    values[n - 1:] = np.lib.stride_tricks.sliding_window_view(x.to_numpy(), n, axis=0)
    return values


def frame(values, like):
    return pd.DataFrame(values, like.index, like.columns)


def ts_sum(x, n):
    return frame(windows(x, n).sum(axis=-1), x)


def ts_min(x, n):
    return x.rolling(n).min()


def ts_max(x, n):
    return x.rolling(n).max()


def stddev(x, n):
    return frame(windows(x, n).std(axis=-1, ddof=1), x)


def correlation(x, y, n):
    a, b = windows(x, n), windows(y, n)
    a, b = a - a.mean(axis=-1, keepdims=True), b - b.mean(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (a * b).sum(axis=-1) / np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    # A constant window has no correlation: its deviations are rounding at most.
    constant = (np.ptp(windows(x, n), axis=-1) == 0) | (np.ptp(windows(y, n), axis=-1) == 0)
    return frame(np.where(constant, np.nan, r), x)


def ts_rank(x, n):
    return x.rolling(n).apply(lambda w: pd.Series(w).rank(pct=True).iloc[-1], raw=True)


def choose(condition, a, b):
    return frame(np.where(condition, a, b), condition)


def alphas(d):
    o, h, l, c = d["open"], d["high"], d["low"], d["close"]
    r = c / delay(c, 1) - 1
    d1 = delta(c, 1)
    out = {
        4: -ts_rank(rank(l), 9),
        9: choose(ts_min(d1, 5) > 0, d1, choose(ts_max(d1, 5) < 0, d1, -d1)),
        10: rank(choose(ts_min(d1, 4) > 0, d1, choose(ts_max(d1, 4) < 0, d1, -d1))),
        18: -rank(stddev(minus(c, o).abs(), 5) + minus(c, o) + correlation(c, o, 10)),
        19: -np.sign(minus(c, delay(c, 7)) + delta(c, 7)) * (1 + rank(1 + ts_sum(r, 250))),
        20: -rank(minus(o, delay(h, 1))) * rank(minus(o, delay(c, 1))) * rank(minus(o, delay(l, 1))),
        23: choose(minus(ts_sum(h, 20) / 20, h) < 0, -delta(h, 2), 0),
        24: choose(delta(ts_sum(c, 100) / 100, 100) / delay(c, 100) <= 0.05,
                   -minus(c, ts_min(c, 100)), -delta(c, 3)),
        33: rank(-(minus(frame(np.ones(o.shape), o).where(o.notna()), o / c))),
        34: rank(minus(1 + 0 * c, rank(stddev(r, 2) / stddev(r, 5))) + minus(1 + 0 * c, rank(d1))),
        37: rank(correlation(delay(minus(o, c), 1), c, 200)) + rank(minus(o, c)),
        38: -rank(ts_rank(c, 10)) * rank(c / o),
        53: -delta(minus(minus(c, l), minus(h, c)) / minus(c, l).where(minus(c, l) != 0), 9),
        54: -(minus(l, c) * o ** 5) / (minus(l, h) * c ** 5).where(minus(l, h) * c ** 5 != 0),
        101: minus(c, o) / (minus(h, l) + 0.001),
    }
    slope = minus(minus(delay(c, 20), delay(c, 10)) / 10, minus(delay(c, 10), c) / 10)
    step = minus(c, delay(c, 1))
    out[46] = choose(slope > 0.25, -1 + 0 * c, choose(slope < 0, 1 + 0 * c, -step))
    out[49] = choose(slope < -0.1, 1 + 0 * c, -step)
    out[51] = choose(slope < -0.05, 1 + 0 * c, -step)
    return out


def main():
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["set", "alpha", "entity", "date", "value"])
    for name, data in (("sp500", load(sys.argv[1], None)), ("fx", load(sys.argv[2], "symbol"))):
        for number, values in alphas(data).items():
            rows = sorted(set(range(0, len(values), 97)) | set(range(len(values) - 40, len(values))))
            for entity in values.columns:
                for row in rows:
                    value = values[entity].iloc[row]
                    out.writerow([name, number, entity, values.index[row].date(),
                                  repr(float(value)) if np.isfinite(value) else ""])


if __name__ == "__main__":
    main()
