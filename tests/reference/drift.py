"""Drift statistics by numpy and scipy, for tests of AlphaFactory's own.

Writes drift.json next to this file: samples, and what independent code says of them. Needs numpy and scipy
(Debian: python3-scipy). Run: /usr/bin/python3 tests/reference/drift.py
"""

import json
import math
import pathlib

import numpy as np
from scipy import special, stats
from scipy.spatial import distance


def shares(values, edges):
    bins = np.digitize(values, edges)  # closed on the left
    return np.bincount(bins, minlength=len(edges) + 1) / len(values)


def psi_of_shares(p, q):
    p = np.where(p == 0, 1e-4, p)
    q = np.where(q == 0, 1e-4, q)
    return float(np.sum((q - p) * np.log(q / p)))


def psi(reference, current):
    edges = np.unique(np.percentile(reference, np.arange(10, 100, 10)))
    return psi_of_shares(shares(reference, edges), shares(current, edges))


def jensen_shannon(reference, current):
    low, high = reference.min(), reference.max()
    # A reference of one value: below it, the value, above it.
    edges = np.linspace(low, high, 31)[1:-1] if low < high else np.array([low, np.nextafter(low, np.inf)])
    return float(distance.jensenshannon(shares(reference, edges), shares(current, edges), base=2))


def ratio(value, deviation):
    return 0.0 if value == 0 else None if deviation == 0 else float(value / deviation)


def numbers(name, reference, current):
    r_all, c_all = np.asarray(reference, float), np.asarray(current, float)
    r, c = r_all[np.isfinite(r_all)], c_all[np.isfinite(c_all)]
    n, m = len(r), len(c)
    ks = stats.ks_2samp(r, c).statistic
    deviation = 0.0 if r.min() == r.max() else r.std()
    current_deviation = 0.0 if c.min() == c.max() else c.std()
    return {
        "name": name,
        "reference": [None if not math.isfinite(v) else v for v in r_all.tolist()],
        "current": [None if not math.isfinite(v) else v for v in c_all.tolist()],
        "psi": psi(r, c),
        "ks": float(ks),
        "ksPValue": float(special.kolmogorov(math.sqrt(n * m / (n + m)) * ks)),
        "wasserstein": ratio(stats.wasserstein_distance(r, c), deviation),
        "jensenShannon": jensen_shannon(r, c),
        "meanShift": ratio(c.mean() - r.mean() if deviation else c[0] - r[0], deviation),
        "deviationShift": ratio(current_deviation - deviation, deviation),
        "missingShift": float(1 - m / len(c_all) - (1 - n / len(r_all))),
        "outOfRangeShare": float(np.mean((c < r.min()) | (c > r.max()))),
    }


def categories(name, reference, current):
    names = sorted(set(reference) | set(current))
    r = np.array([reference.get(k, 0) for k in names])
    c = np.array([current.get(k, 0) for k in names])
    p, q = r / r.sum(), c / c.sum()
    return {
        "name": name,
        "reference": reference,
        "current": current,
        "psi": psi_of_shares(p, q),
        "jensenShannon": float(distance.jensenshannon(p, q, base=2)),
        "chi2PValue": float(stats.chi2_contingency([r, c], correction=False)[1]) if len(names) > 1 else 1.0,
        "unseenShare": float(q[r == 0].sum()),
    }


def main():
    random = np.random.default_rng(20150131)
    nan = float("nan")
    normal = random.normal(size=200).round(6)
    numeric = [
        numbers("shifted", normal, (random.normal(size=120) + 0.7).round(6)),
        numbers("wider", normal, (random.normal(size=90) * 2.5).round(6)),
        numbers("no drift", normal, random.normal(size=150).round(6)),
        numbers("the same", normal, random.permutation(normal)),
        numbers("disjoint", normal, (random.normal(size=60) + 100).round(6)),
        numbers("skewed", random.exponential(size=151).round(6), random.exponential(1.6, size=77).round(6)),
        numbers("ties", random.integers(0, 6, 101), random.integers(1, 8, 64)),
        numbers("truth values", random.integers(0, 2, 60), (random.random(45) < 0.8).astype(int)),
        numbers("mostly zero", np.where(random.random(100) < 0.95, 0, 1.5), np.where(random.random(80) < 0.6, 0, 1.5)),
        numbers("values on the deciles", np.arange(11) * 0.1, np.arange(21) * 0.05),
        numbers("values on the edges", np.arange(31) * 1.0, np.arange(0, 62, 2) * 0.5 + 1),
        numbers("constant, the same", [0.1] * 40, [0.1] * 35),
        numbers("constant, then higher", [0.1] * 40, [0.2] * 35),
        numbers("constant, then lower", [0.1] * 40, [-0.2] * 20 + [0.1] * 15),
        numbers("constant only now", normal, [0.25] * 50),
        numbers("tiny", [1.0, 2.5], [2.5, 3.0, -1.0]),
        numbers("one each", [1.0], [2.0]),
        numbers("missing", [1, nan, 3, 4, nan, 6, 7, 8, 9, 10], [2, 3, nan, 40]),
        numbers("large", normal * 1e12, normal * 1e12 + 3e11),
        numbers("small", normal * 1e-12, normal[:90] * 1.2e-12),
        numbers("negative", -random.pareto(3, 120).round(5), -random.pareto(2, 80).round(5)),
    ]
    categorical = [
        categories("shifted", {"a": 50, "b": 30, "c": 20}, {"a": 20, "b": 35, "c": 25}),
        categories("unseen", {"a": 50, "b": 30}, {"a": 20, "new": 35}),
        categories("gone", {"a": 50, "b": 30, "c": 1}, {"b": 60}),
        categories("the same", {"x": 7, "y": 14}, {"x": 70, "y": 140}),
        categories("one", {"x": 40}, {"x": 30}),
    ]
    tails = [[x, float(special.kolmogorov(x))] for x in (0.0, 0.1, 0.3, 0.5, 0.8, 0.99, 1.0, 1.01, 1.36, 2.0, 4.0, 9.0)]
    table = {"numeric": numeric, "categorical": categorical, "kolmogorov": tails}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(table, indent=1, ensure_ascii=False).replace("\n   ", " ") + "\n", encoding="utf-8")


main()
