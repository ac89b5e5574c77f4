#!/usr/bin/env python3
"""What runs are measured by besides the standard metrics, for EvaluationReferenceTests.cs.

    python3 tests/reference/evaluation.py docs/examples/data/sp500-2000.csv ../shared/data/fx-daily.csv \
        > tests/reference/evaluation.csv

Written from docs/experiments.md and the sources that it names, with numpy, pandas and scipy: information coefficients
(scipy.stats.spearmanr a date), comparison with a benchmark (numpy.polyfit, and empyrical's way to a year), splits and
walk-forwards with purge and embargo, and the bar at which a stop ends a run. One row a metric of a case.
"""

import csv
import sys
import warnings

import numpy as np
import pandas as pd
from scipy import stats

YEAR = 252


def panel(path, entity):
    frame = pd.read_csv(path, parse_dates=["date"])
    return frame.set_index("date")[["close"]] if entity is None else frame.pivot(
        index="date", columns=entity, values="close").sort_index(axis=1)


def gaps(path):
    frame = pd.read_csv(path, parse_dates=["date"]).set_index("date")
    place = np.arange(len(frame))
    return pd.DataFrame({"a": frame["close"], "b": frame["high"].where(place % 17 != 5),
                         "c": frame["low"].where(place >= 1000)})


def returns_of(prices):
    return prices.pct_change(fill_method=None) if pd.__version__ >= "2.1" else prices / prices.shift(1) - 1


def mean(prices, length):
    """A mean over the window, each window summed afresh; missing where the window is not full."""
    values = prices.to_numpy()
    out = np.full(values.shape, np.nan)
    if length <= len(values):
        out[length - 1:] = np.lib.stride_tricks.sliding_window_view(values, length, axis=0).mean(axis=-1)
    return pd.DataFrame(out, prices.index, prices.columns)


def minus(a, b):
    difference = a - b
    return difference.where(~(difference.abs() <= 1e-12 * np.maximum(a.abs(), b.abs())), 0.0).where(difference.notna())


def crossover(prices, fast, slow):
    return minus(mean(prices, fast), mean(prices, slow))


def momentum(prices, bars):
    return minus(prices, prices.shift(bars))


def weights_of(signal, position):
    if position == "Sign":
        return np.sign(signal).fillna(0) / signal.shape[1]
    gross = signal.abs().sum(axis=1)
    return signal.div(gross.where(gross > 0), axis=0).fillna(0)


def earn(prices, signal, position="Sign", lag=1, bps=1.0):
    """Net returns and turnovers of the bars after the first."""
    held = weights_of(signal, position).shift(lag).fillna(0).iloc[1:]
    earned = (held * returns_of(prices).iloc[1:].fillna(0)).sum(axis=1)
    turnover = held.diff().abs().sum(axis=1)
    turnover.iloc[0] = held.iloc[0].abs().sum()
    return earned - turnover * bps / 1e4, turnover, held


def sharpe(returns):
    return returns.mean() / returns.std(ddof=1) * np.sqrt(YEAR)


def information(prices, signal, lag):
    label = returns_of(prices).shift(-lag)
    values = []
    for bar in range(len(prices) - lag):
        both = signal.iloc[bar].notna() & label.iloc[bar].notna()
        if bar + lag >= 1 and both.sum() >= 2:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                values.append(stats.spearmanr(signal.iloc[bar][both], label.iloc[bar][both]).correlation)
    values = pd.Series(values).dropna()
    return {"ic_mean": values.mean(), "ic_ir": values.mean() / values.std(ddof=1)}


def compare(returns, benchmark):
    both = pd.concat([returns, benchmark.reindex(returns.index)], axis=1).dropna()
    own, other = both.iloc[:, 0], both.iloc[:, 1]
    beta, _ = np.polyfit(other, own, 1)
    active = own - other
    return {"alpha": (1 + (own - beta * other).mean()) ** YEAR - 1, "beta": beta,
            "tracking_error": active.std(ddof=1) * np.sqrt(YEAR), "information_ratio": sharpe(active)}


def split_of(returns, bars, at, purge, embargo):
    cut = int((returns.index < at).sum())
    early, late = returns.iloc[:cut - purge - int(embargo * bars)], returns.iloc[cut:]
    return {"is_observations": len(early), "oos_observations": len(late), "is_sharpe": sharpe(early),
            "oos_sharpe": sharpe(late)}


def walk(prices, grid, train, test, anchored, lag, purge, embargo):
    gap = purge + int(embargo * len(prices))
    signals = [crossover(prices, *pair) for pair in grid]
    earned = [earn(prices, signal, lag=lag)[0] for signal in signals]
    stitched = signals[0] * np.nan
    chosen_sharpe, chosen_mean = [], []
    for start in range(train + gap, len(prices) - 1, test):
        window = slice(0 if anchored else start - gap - train, start - gap)
        scores = np.array([sharpe(series.iloc[window]) for series in earned])
        best = int(np.nanargmax(scores))
        chosen_sharpe.append(scores[best])
        chosen_mean.append(earned[best].iloc[window].mean())
        # Return i is that of bar i + 1, and is earned by the signal of the bar lag before.
        bars = slice(start + 1 - lag, min(start + test, len(prices) - 1) + 1 - lag)
        stitched.iloc[bars] = signals[best].iloc[bars]
    # The path begins with the first test and holds nothing before.
    held = weights_of(stitched, "Sign").shift(lag).iloc[train + gap + 1:]
    moved = held.diff().abs().sum(axis=1)
    moved.iloc[0] = held.iloc[0].abs().sum()
    path = (held * returns_of(prices).iloc[train + gap + 1:].fillna(0)).sum(axis=1) - moved / 1e4
    return {"observations": len(path), "total_return": np.prod(1 + path) - 1, "sharpe": sharpe(path),
            "turnover": moved.mean(), "is_sharpe": np.mean(chosen_sharpe), "oos_sharpe": sharpe(path),
            "wf_steps": len(chosen_sharpe), "wf_efficiency": path.mean() / np.mean(chosen_mean)}


def stop_at(returns, drawdown, loss, volatility, losses):
    """How many returns there are up to and with the one that stops, and by which rules."""
    equity = (1 + returns).cumprod()
    broken = {
        "STOP_MAX_DRAWDOWN": equity / np.maximum(equity.cummax(), 1) - 1 < drawdown,
        "STOP_DAILY_LOSS": returns < loss,
        "STOP_VOLATILITY": returns.rolling(20).std(ddof=1) * np.sqrt(YEAR) > volatility,
        "STOP_CONSECUTIVE_LOSSES": (returns < 0).groupby((returns > 0).cumsum()).cumsum() > losses,
    }
    firsts = {code: int(np.argmax(flags.to_numpy())) for code, flags in broken.items() if flags.any()}
    if not firsts:
        return {"observations": len(returns), "codes": ""}
    first = min(firsts.values())
    return {"observations": first + 1, "codes": ";".join(code for code in firsts if firsts[code] == first)}


def main():
    sp500, fx, holes = panel(sys.argv[1], None), panel(sys.argv[2], "symbol"), gaps(sys.argv[1])
    grid = [(fast, slow) for fast in (3, 5, 10, 20) for slow in (30, 50, 100)]
    cases = {}
    for lag in (1, 2):
        signal = momentum(fx, 5)
        earned, _, held = earn(fx, signal, "Proportional", lag)
        cases[f"fx-momentum lag {lag}"] = {
            **information(fx, signal, lag), "max_weight": held.abs().to_numpy().max(),
            **compare(earned, returns_of(fx)["EURUSD"])}
    three = fx[["EURGBP", "GBPUSD", "NZDUSD"]].dropna(how="all")
    signal = momentum(three, 5)
    cases["fx-others"] = {**information(three, signal, 1),
                          **compare(earn(three, signal)[0], returns_of(fx["EURUSD"].reindex(three.index)))}
    cases["fx-shares"] = compare(earn(fx, momentum(fx, 5))[0], returns_of(sp500["close"].reindex(fx.index)))
    signal = crossover(holes, 10, 30)
    cases["gaps-crossover"] = {**information(holes, signal, 1),
                               "max_weight": earn(holes, signal)[2].abs().to_numpy().max()}
    for purge, embargo in ((1, 0.01), (0, 0.0), (5, 0.03)):
        returns = earn(sp500, crossover(sp500, 10, 50))[0]
        cases[f"split {purge} {embargo}"] = split_of(returns, len(sp500), pd.Timestamp("2009-07-01"), purge, embargo)
    for name, prices, *rest in (
            ("sp500", sp500, 504, 126, False, 1, 1, 0.01), ("sp500", sp500, 504, 126, True, 1, 1, 0.01),
            ("sp500", sp500, 250, 63, False, 3, 0, 0.0), ("fx", fx, 1000, 250, False, 2, 2, 0.01),
            ("gaps", holes, 700, 100, True, 1, 10, 0.005)):
        cases[f"walk {name} " + " ".join(map(str, rest))] = walk(prices, grid, *rest)
    for name, limits in (("default", (-0.2, -0.05, 1.0, 15)), ("strict", (-0.1, -0.03, 0.5, 10)),
                         ("permissive", (-0.5, -0.2, 3.0, 50))):
        for pair in grid[:6]:
            cases[f"stop {name} {pair[0]} {pair[1]}"] = stop_at(earn(sp500, crossover(sp500, *pair))[0], *limits)
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["case", "metric", "value"])
    for case, metrics in cases.items():
        for metric, value in metrics.items():
            out.writerow([case, metric, value if isinstance(value, str) else repr(float(value))])


if __name__ == "__main__":
    main()
