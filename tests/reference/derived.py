"""Derived columns of a panel with gaps, by pandas: derived.csv, the expected output of Get-Feature -Expression.

Run with Debian's python3-pandas: /usr/bin/python3 derived.py. The panel comes first in each row, so that the test imports
the same file that it compares with.
"""

import numpy as np
import pandas as pd

rng = np.random.default_rng(11)
days = pd.date_range("2020-01-01", periods=40, freq="D")
rows = []
for entity in ["A", "B", "C"]:
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, len(days))))
    for day, value in zip(days, close.round(4)):
        # Bars that an entity has not, and values that it has not.
        if rng.random() < 0.1:
            continue
        rows.append((day, entity, np.nan if rng.random() < 0.05 else value))
panel = pd.DataFrame(rows, columns=["time", "entity", "close"])


def derive(wide):
    """momentum = close / delay(close, 3) - 1; mean = ts_mean(close, 4); place = rank(close)"""
    return {
        "momentum": wide / wide.shift(3) - 1,
        "mean": wide.rolling(4, min_periods=4).mean(),
        "place": wide.rank(axis=1, pct=True, method="average"),
    }


wide = panel.pivot(index="time", columns="entity", values="close")
held = panel.assign(held=True).pivot(index="time", columns="entity", values="held").notna()
for prefix, frame in [("outer", wide), ("inner", wide[held.all(axis=1)])]:
    for name, values in derive(frame).items():
        long = values.stack(dropna=False).rename(f"{prefix}_{name}").reset_index()
        panel = panel.merge(long, on=["time", "entity"], how="left")

panel["time"] = panel["time"].dt.strftime("%Y-%m-%d")
panel.sort_values(["entity", "time"]).to_csv("derived.csv", index=False, float_format="%.17g", lineterminator="\n")
