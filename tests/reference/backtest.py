#!/usr/bin/env python3
"""Backtests moving-average crossovers, for tests/AlphaFactory.Core.Tests/Experiments/BacktestReferenceTests.cs.

    python3 tests/reference/backtest.py docs/examples/data/sp500-2000.csv ../shared/data/fx-daily.csv \
        > tests/reference/backtest.csv

Written from docs and definitions alone, in plain Python: every sum is exact (math.fsum), every window is summed
afresh, and nothing is shared with the product. The signal is sma(close, fast) - sma(close, slow), where a difference
within 1e-12 of the larger operand is none.

Cases: "sp500" is the file as it is; "gaps" is three series made of its columns, of which one lacks every 17th day and
one begins 1,000 days later; "fx" is the file of currency pairs.
"""

import csv
import math
import sys

COLUMNS = ("total_return cagr volatility sharpe sortino max_drawdown calmar skew kurtosis var_95 cvar_95 hit_rate "
           "turnover observations psr").split()


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def sp500(rows):
    return [row["date"] for row in rows], [[float(row["close"]) for row in rows]]


def gaps(rows):
    whole = [float(row["close"]) for row in rows]
    holes = [None if i % 17 == 5 else float(row["high"]) for i, row in enumerate(rows)]
    late = [None if i < 1000 else float(row["low"]) for i, row in enumerate(rows)]
    return [row["date"] for row in rows], [whole, holes, late]


def fx(rows):
    dates = sorted({row["date"] for row in rows})
    symbols = sorted({row["symbol"] for row in rows})
    price = {(row["symbol"], row["date"]): float(row["close"]) for row in rows}
    return dates, [[price.get((symbol, date)) for date in dates] for symbol in symbols]


def mean_of_window(values, at, length):
    window = values[max(at - length + 1, 0): at + 1]
    if len(window) < length or any(value is None for value in window):
        return None
    return math.fsum(window) / length


def difference(a, b):
    if a is None or b is None:
        return None
    return 0.0 if abs(a - b) <= 1e-12 * max(abs(a), abs(b)) else a - b


def sign_weights(signals):
    return [0.0 if s is None else math.copysign(1, s) / len(signals) if s else 0.0 for s in signals]


def proportional_weights(signals):
    gross = math.fsum(abs(s) for s in signals if s is not None)
    return [0.0 if s is None or not gross else s / gross for s in signals]


def long_only_weights(signals):
    total = math.fsum(s for s in signals if s is not None and s > 0)
    return [s / total if s is not None and s > 0 else 0.0 for s in signals]


def rank_weights(signals):
    present = [s for s in signals if s is not None]
    ranks = [None if s is None else sum(o < s for o in present) + (sum(o == s for o in present) + 1) / 2
             for s in signals]
    middle = math.fsum(r for r in ranks if r is not None) / len(present) if present else 0
    centred = [0.0 if r is None else r - middle for r in ranks]
    gross = math.fsum(map(abs, centred))
    return [c / gross if gross else 0.0 for c in centred]


WEIGHTS = {"Sign": sign_weights, "Proportional": proportional_weights, "Rank": rank_weights,
           "LongOnly": long_only_weights}


def simulate(dates, prices, fast, slow, position, lag, bps, start, end):
    """Net returns and turnovers; signals see the bars before the start, earnings begin with it."""
    last = max(i for i, date in enumerate(dates) if not end or date <= end)
    first = min(i for i, date in enumerate(dates) if not start or date >= start)
    signals = [[difference(mean_of_window(series, t, fast), mean_of_window(series, t, slow))
                for t in range(last + 1)] for series in prices]
    held = [0.0] * len(prices)
    returns, turnovers = [], []
    for t in range(first + 1, last + 1):
        known = t - lag
        weights = WEIGHTS[position]([series[known] if known >= 0 else None for series in signals])
        earned = math.fsum(
            weight * (series[t] / series[t - 1] - 1)
            for weight, series in zip(weights, prices)
            if series[t] is not None and series[t - 1] is not None)
        turnover = math.fsum(abs(new - old) for new, old in zip(weights, held))
        returns.append(earned - turnover * bps / 10000)
        turnovers.append(turnover)
        held = weights
    return returns, turnovers


def measure(returns, turnovers, year):
    n = len(returns)
    mean = math.fsum(returns) / n
    central = [math.fsum((r - mean) ** power for r in returns) / n for power in (2, 3, 4)]
    deviation = math.sqrt(central[0] * n / (n - 1))
    downside = math.sqrt(math.fsum(r * r for r in returns if r < 0) / n)
    equity, curve = 1.0, [1.0]
    for r in returns:
        equity *= 1 + r
        curve.append(equity)
    drawdown, peak = 0.0, 1.0
    for value in curve:
        peak = max(peak, value)
        drawdown = min(drawdown, (value - peak) / peak)
    ordered = sorted(returns)
    place = 0.05 * (n - 1)
    below = math.floor(place)
    var = ordered[below] + (place - below) * (ordered[min(below + 1, n - 1)] - ordered[below])
    tail = ordered[: (5 * (n - 1)) // 100 + 1]
    traded = [r for r in returns if r != 0]
    sharpe = mean / deviation
    skew, raw = central[1] / central[0] ** 1.5, central[2] / central[0] ** 2
    score = sharpe * math.sqrt(n - 1) / math.sqrt(1 - skew * sharpe + (raw - 1) / 4 * sharpe ** 2)
    cagr = equity ** (year / n) - 1
    return [equity - 1, cagr, deviation * math.sqrt(year), sharpe * math.sqrt(year), mean / downside * math.sqrt(year),
            drawdown, cagr / abs(drawdown), skew, raw - 3, var, math.fsum(tail) / len(tail),
            sum(r > 0 for r in traded) / len(traded), math.fsum(turnovers) / n, n,
            (1 + math.erf(score / math.sqrt(2))) / 2]


def main():
    shares, pairs = read(sys.argv[1]), read(sys.argv[2])
    crossovers = [(1, 2), (3, 10), (5, 20), (10, 30), (10, 50), (20, 100), (50, 200)]
    cases = [("sp500", sp500(shares), fast, slow, "Sign", 1, 1, "", "") for fast, slow in crossovers]
    cases += [("sp500", sp500(shares), 50, 200, "Sign", 1, 1, "2008-01-01", "2012-12-31"),
              ("sp500", sp500(shares), 10, 50, "Sign", 3, 5, "2010-01-01", "")]
    cases += [("gaps", gaps(shares), fast, slow, "Sign", 1, 1, "", "") for fast, slow in crossovers[1:4]]
    cases += [("gaps", gaps(shares), 10, 30, position, 1, 1, "", "")
              for position in ("Proportional", "Rank", "LongOnly")]
    cases += [("fx", fx(pairs), fast, slow, "Sign", 1, 1, "", "") for fast, slow in crossovers]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["case", "fast", "slow", "position", "lag", "cost_bps", "from", "to", *COLUMNS])
    for name, (dates, prices), *rest in cases:
        out.writerow([name, *rest, *map(repr, measure(*simulate(dates, prices, *rest), 252))])


if __name__ == "__main__":
    main()
