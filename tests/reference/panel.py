"""Writes panel.csv: a small market with missing values, ties and a constant stretch.

Run with Debian's python3-pandas: /usr/bin/python3 tests/reference/panel.py
"""

import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
BARS = 100
rng = np.random.default_rng(20240229)

lines = ["entity,bar,close,volume,Exchange rate"]
for number, entity in enumerate(["ALFA", "BETA", "GAMA", "OMEGA"]):
    # Prices on a coarse grid, so that neighbours tie; one long constant stretch in each entity.
    close = np.round(np.cumprod(1 + 0.01 * rng.standard_normal(BARS)) * (4 * 10**number), 1 if number else 2)
    close[30 + number : 44 + number] = close[30 + number]
    volume = rng.integers(0, 6, BARS) * 100.0
    rate = np.round(rng.standard_normal(BARS), 3)
    rate[60:63] = 0
    missing = rng.random((3, BARS)) < 0.02
    missing[0, 70 + number] = True
    for bar in range(BARS):
        if entity == "OMEGA" and bar < 12:
            continue  # listed later than the others
        cells = [
            "" if missing[row, bar] else repr(float(values[bar]))
            for row, values in enumerate([close, volume, rate])
        ]
        lines.append(f"{entity},{bar}," + ",".join(cells))

(HERE / "panel.csv").write_text("\n".join(lines) + "\n", newline="\n")
