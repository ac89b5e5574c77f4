#!/usr/bin/env python3
"""Overfitting statistics, for tests/AlphaFactory.Core.Tests/Experiments/OverfittingReferenceTests.cs.

    /usr/bin/python3 tests/reference/overfitting.py > tests/reference/overfitting.json

Needs numpy and scipy (Debian: python3-scipy). Written from the papers alone: Bailey and Lopez de Prado, "The deflated
Sharpe ratio" (2014), and Bailey, Borwein, Lopez de Prado and Zhu, "The probability of backtest overfitting" (2017),
with S = 16; the oldest rows are dropped so that all blocks are of one length.
"""

import itertools
import json
import math

import numpy
from scipy import stats

BLOCKS = 16


def expected_maximum(trials, variance):
    return math.sqrt(variance) * ((1 - numpy.euler_gamma) * stats.norm.ppf(1 - 1 / trials)
                                  + numpy.euler_gamma * stats.norm.ppf(1 - 1 / (trials * math.e)))


def probabilistic(sharpe, benchmark, skew, kurtosis, observations):
    error = math.sqrt((1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe ** 2) / (observations - 1))
    return stats.norm.cdf((sharpe - benchmark) / error)


def deflated_cases():
    for sharpe, skew, kurtosis, observations, trials, variance in itertools.product(
            (-0.05, 0.04, 2.5 / math.sqrt(250)), (-3.0, 0.0, 0.7), (3.0, 10.0), (60, 1250), (2, 100, 4851), (1e-5, 2e-3)):
        benchmark = expected_maximum(trials, variance)
        yield [sharpe, skew, kurtosis, observations, trials, variance, benchmark,
               probabilistic(sharpe, 0, skew, kurtosis, observations),
               probabilistic(sharpe, benchmark, skew, kurtosis, observations)]


def sharpe_ratios(returns):
    return returns.mean(axis=0) / returns.std(axis=0, ddof=1)


def cross_validate(returns):
    rows = len(returns) // BLOCKS * BLOCKS
    blocks = numpy.split(returns[len(returns) - rows:], BLOCKS)
    logits = []
    for chosen in itertools.combinations(range(BLOCKS), BLOCKS // 2):
        inside = numpy.concatenate([blocks[i] for i in chosen])
        outside = numpy.concatenate([blocks[i] for i in range(BLOCKS) if i not in chosen])
        rank = stats.rankdata(sharpe_ratios(outside))[sharpe_ratios(inside).argmax()]
        share = rank / (returns.shape[1] + 1)
        logits.append(math.log(share / (1 - share)))
    return logits


def matrix(seed, rows, runs, skill):
    random = numpy.random.default_rng(seed)
    drift = numpy.zeros(runs)
    drift[runs // 2] = skill
    return numpy.round(0.01 * random.standard_t(5, size=(rows, runs)) + drift, 6)


def overfitting_cases():
    for name, returns in (("noise", matrix(1, 163, 7, 0.0)), ("skill", matrix(2, 96, 5, 0.004)),
                          ("some", matrix(3, 111, 10, 0.0015))):
        logits = cross_validate(returns)
        yield {"name": name, "returns": returns.T.tolist(),
               "pbo": float(numpy.mean(numpy.array(logits) <= 0)), "mean": float(numpy.mean(logits)),
               "deviation": float(numpy.std(logits, ddof=1)),
               "percentiles": [float(value) for value in numpy.percentile(logits, [0, 25, 50, 75, 100])]}


print(json.dumps({"deflated": list(deflated_cases()), "overfitting": list(overfitting_cases())}, separators=(",", ":")))
