"""Writes edges.json: metrics of samples that are hard to measure, by numpy and scipy.

Run with Debian's python3-scipy: /usr/bin/python3 tests/reference/edges.py > tests/reference/edges.json

Written from the definitions alone. A ratio whose denominator is 0 is missing (null), and a sample whose values are all
the same has a deviation of 0: floating-point sums of 0.1 say otherwise. Samples: returns that are constant, zero (what a
signal of zeros earns), tied, few, or lose everything. Panels: signals with ties, gaps, zeros and constant bars, whose
information coefficient is scipy's; and benchmarks that do not move.
"""

import json
import math
import sys

import numpy as np
import scipy.stats

YEAR = 252


def ratio(a, b):
    return math.nan if b == 0 or math.isnan(b) else a / b


def deviation(values, ddof=1):
    if len(values) <= ddof:
        return math.nan
    return 0.0 if np.ptp(values) == 0 else float(np.std(values, ddof=ddof))


def measure(returns, turnovers):
    r = np.asarray(returns)
    n = len(r)
    curve = np.concatenate([[1.0], np.cumprod(np.maximum(1 + r, 0))])
    total = curve[-1] - 1
    cagr = curve[-1] ** (YEAR / n) - 1
    peak = np.maximum.accumulate(curve)
    drawdown = float(np.min(curve / peak - 1))
    sharpe = ratio(np.mean(r), deviation(r))
    moving = deviation(r, 0) > 0
    skew = float(scipy.stats.skew(r)) if moving else math.nan
    kurtosis = float(scipy.stats.kurtosis(r)) if moving else math.nan
    downside = math.sqrt(float(np.mean(np.minimum(r, 0) ** 2)))
    traded = r[r != 0]
    spread = 1 - skew * sharpe + (kurtosis + 2) / 4 * sharpe**2
    psr = float(scipy.stats.norm.cdf(sharpe * math.sqrt(n - 1) / math.sqrt(spread))) if spread > 0 else math.nan
    return {
        "total_return": total,
        "cagr": cagr,
        "volatility": deviation(r) * math.sqrt(YEAR),
        "sharpe": sharpe * math.sqrt(YEAR),
        "sortino": ratio(np.mean(r), downside) * math.sqrt(YEAR),
        "max_drawdown": drawdown,
        "calmar": ratio(cagr, abs(drawdown)),
        "skew": skew,
        "kurtosis": kurtosis,
        "var_95": float(np.percentile(r, 5, method="linear")),
        "cvar_95": float(np.mean(np.sort(r)[: (5 * (n - 1)) // 100 + 1])),
        "hit_rate": ratio(float(np.sum(traded > 0)), len(traded)),
        "turnover": float(np.mean(turnovers)),
        "observations": n,
        "psr": psr,
    }


def samples():
    random = np.random.default_rng(5)
    ties = np.round(random.normal(0, 0.01, 300), 2)
    outlier = np.append(random.normal(0, 0.001, 60), 0.9)
    yield "zero", [0.0] * 40
    yield "constant", [0.1] * 40
    yield "constant loss", [-0.1] * 7
    yield "one gain", [0.1]
    yield "one loss", [-0.25]
    yield "two", [0.01, -0.02]
    yield "two the same", [0.01, 0.01]
    yield "never down", [0.0, 0.01, 0.0, 0.02]
    yield "never up", [0.0, -0.01, 0.0, -0.02]
    yield "all lost", [0.5, -1.0, 0.5, 0.1]
    yield "more than all lost", [0.5, -1.2, 0.5]
    yield "ties", ties.tolist()
    yield "21 values: the 5th percentile is one of them", random.normal(0, 0.01, 21).tolist()
    yield "22 values: it lies between two", random.normal(0, 0.01, 22).tolist()
    yield "an outlier", outlier.tolist()


def information(signals, prices, lag):
    """Spearman's correlation a bar of the signals and the returns that they earn; bars down, entities across."""
    found = []
    moved = prices[1:] / prices[:-1] - 1
    for t in range(len(prices) - lag):
        pairs = [(s, m) for s, m in zip(signals[t], moved[t + lag - 1]) if not math.isnan(s) and not math.isnan(m)]
        if len(pairs) < 2:
            continue
        s, m = map(np.asarray, zip(*pairs))
        if np.ptp(s) > 0 and np.ptp(m) > 0:
            found.append(float(scipy.stats.spearmanr(s, m)[0]))
    return float(np.mean(found)), ratio(np.mean(found), deviation(found)), len(found)


def panels():
    random = np.random.default_rng(6)
    for name, bars in (("long", 60), ("three bars", 3)):
        prices = np.round(100 * np.cumprod(1 + random.normal(0, 0.02, (bars, 5)), axis=0), 2)
        signals = random.integers(-1, 3, (bars, 5)).astype(float)
        if bars > 3:
            prices[10:20, 1] = prices[10, 1]
            prices[30, 2] = math.nan
            signals[5] = 0
            signals[6] = 2
            signals[7] = math.nan
            signals[8, :4] = math.nan
            signals[random.random(signals.shape) < 0.1] = math.nan
        for lag in (1, 2) if bars > 3 else (1,):
            mean, ir, count = information(signals, prices, lag)
            yield {
                "name": name,
                "lag": lag,
                "prices": prices.tolist(),
                "signals": signals.tolist(),
                "ic_mean": mean,
                "ic_ir": ir,
                "bars": count,
            }


def benchmarks():
    random = np.random.default_rng(7)
    prices = np.round(100 * np.cumprod(1 + random.normal(0, 0.02, 40)), 2)
    r = prices[1:] / prices[:-1] - 1
    for name, other in (("still", np.full(40, 50.0)), ("itself", prices), ("twice", None)):
        if other is None:
            other = np.cumprod(np.concatenate([[1.0], 1 + 2 * r])) * 10
        b = other[1:] / other[:-1] - 1
        variance = 0.0 if np.ptp(b) == 0 else float(np.var(b, ddof=1))
        beta = ratio(float(np.cov(r, b, ddof=1)[0, 1]), variance)
        active = r - b
        yield {
            "name": name,
            "prices": prices.tolist(),
            "benchmark": other.tolist(),
            "beta": beta,
            "alpha": (1 + np.mean(r - beta * b)) ** YEAR - 1,
            "tracking_error": deviation(active) * math.sqrt(YEAR),
            "information_ratio": ratio(np.mean(active), deviation(active)) * math.sqrt(YEAR),
        }


def plain(value):
    """NaN as null, numpy's numbers as Python's."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (str, int)):
        return value
    number = float(value)
    return None if math.isnan(number) else number


def main():
    cases = []
    for name, returns in samples():
        turnovers = [1.0] + [0.5 if i % 3 == 0 else 0.0 for i in range(1, len(returns))]
        cases.append({"name": name, "returns": returns, "turnovers": turnovers, "metrics": measure(returns, turnovers)})
    tables = {"samples": cases, "panels": list(panels()), "benchmarks": list(benchmarks())}
    lines = []
    for table, rows in tables.items():
        body = ",\n".join("  " + json.dumps(plain(row)) for row in rows)
        lines.append(f' "{table}": [\n{body}\n ]')
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
