"""Golden values for src/main/analysis: intervals, tests, corrections and quantiles from SciPy, statsmodels and NumPy.

Run from the repository's root: trainer/.venv/bin/python trainer/golden/make_statistics.py
Writes test/golden/analysis/statistics.json (about 5 s; the same bytes on every run with the same versions).
"""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import statsmodels
from scipy import special, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

SEED = 20251012
OUT = Path("test/golden/analysis/statistics.json")

WILSON = [(0, 1), (1, 1), (0, 10), (10, 10), (1, 10), (5, 10), (7, 21), (62, 241), (238, 455), (848, 2318), (2317, 2318), (1, 100_000)]
MCNEMAR = [(0, 0), (1, 0), (0, 1), (1, 1), (5, 0), (2, 9), (9, 2), (15, 15), (12, 31), (100, 140), (480, 520), (0, 400),
           (1000, 1300), (5000, 5100), (49_000, 51_000), (0, 1000), (499_000, 501_000)]
HOLM = [[0.01], [0.04, 0.01, 0.03], [0.01, 0.01, 0.2, 1.0], [0.5, 0.5, 0.5], [1e-12, 0.02, 0.021, 0.0001, 0.9], []]
# (both right, right -> wrong, wrong -> right, both wrong)
BOOTSTRAP = [(10, 3, 5, 12), (0, 0, 4, 6), (5, 0, 0, 5), (70, 25, 40, 106), (600, 148, 215, 1355), (1, 1, 1, 0), (0, 30, 30, 0)]
LEVELS = (0.025, 0.975)


def wilson() -> list[dict[str, Any]]:
    rows = []
    for correct, total in WILSON:
        low, high = proportion_confint(correct, total, alpha=0.05, method="wilson")
        wide_low, wide_high = proportion_confint(correct, total, alpha=0.01, method="wilson")
        rows.append({"correct": correct, "total": total, "low": low, "high": high, "low99": wide_low, "high99": wide_high})
    return rows


def mcnemar_exact() -> list[dict[str, Any]]:
    rows = []
    for lost, gained in MCNEMAR:
        count = lost + gained
        by_statsmodels = float(mcnemar([[0, lost], [gained, 0]], exact=True).pvalue) if count else 1.0
        by_scipy = stats.binomtest(lost, count, 0.5).pvalue if count else 1.0
        # statsmodels doubles the tail even where both halves are equal, and cuts at 1; the two agree but for rounding.
        assert np.isclose(by_statsmodels, by_scipy, rtol=1e-7), (lost, gained, by_statsmodels, by_scipy)
        rows.append({"rightToWrong": lost, "wrongToRight": gained, "statsmodels": by_statsmodels, "scipy": by_scipy})
    return rows


def holm() -> list[dict[str, Any]]:
    return [{"pValues": values, "corrected": multipletests(values, method="holm")[1].tolist() if values else []} for values in HOLM]


def difference_distribution(count: int, lost: int, gained: int) -> np.ndarray:
    """Probabilities of (gains - losses) = -count..count in a resample: the n-fold convolution of one question's."""
    one = np.array([lost / count, 1 - (lost + gained) / count, gained / count])
    power = np.array([1.0])
    for bit in bin(count)[2:]:
        power = np.convolve(power, power)
        if bit == "1":
            power = np.convolve(power, one)
    return np.clip(power, 0, None)


def bootstrap(generator: np.random.Generator) -> list[dict[str, Any]]:
    rows = []
    for both, lost, gained, neither in BOOTSTRAP:
        differences = np.repeat([0, -1, 1, 0], [both, lost, gained, neither]).astype(float)
        count = len(differences)
        cumulative = np.cumsum(difference_distribution(count, lost, gained))
        exact = [(int(np.searchsorted(cumulative, level)) - count) / count for level in LEVELS]
        row: dict[str, Any] = {"bothRight": both, "rightToWrong": lost, "wrongToRight": gained, "bothWrong": neither, "exact": exact}
        if lost + gained:
            result = stats.bootstrap((differences,), np.mean, n_resamples=20_000, batch=500, method="percentile",
                                     rng=generator, confidence_level=0.95)
            row["scipy"] = [float(result.confidence_interval.low), float(result.confidence_interval.high)]
            # In units of one question: quantiles differ by the spread of a quantile's estimate.
            row["standardError"] = float(np.std(differences) / np.sqrt(count))
        rows.append(row)
    return rows


def quantiles(generator: np.random.Generator) -> list[dict[str, Any]]:
    lists = [[3.0], [1.0, 2.0], [5.0, 1.0, 4.0, 2.0], generator.exponential(3, 41).round(6).tolist()]
    return [{"values": values, "mean": float(np.mean(values)), "median": float(np.quantile(values, 0.5)), "p90": float(np.quantile(values, 0.9))}
            for values in lists]


def log_factorials() -> list[dict[str, Any]]:
    return [{"n": n, "value": float(special.gammaln(n + 1))} for n in (0, 1, 2, 5, 15, 16, 17, 50, 171, 1000, 123_456, 10_000_000)]


def main() -> None:
    generator = np.random.default_rng(SEED)
    golden = {
        "manifest": {
            "script": "trainer/golden/make_statistics.py",
            "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
            "seed": SEED,
            "dtype": "float64",
            "tolerance": "relative 1e-12 (McNemar 1e-7 beyond 10,000 pairs, SciPy's bootstrap: Monte-Carlo error)",
        },
        "wilson": wilson(),
        "mcnemar": mcnemar_exact(),
        "holm": holm(),
        "bootstrap": bootstrap(generator),
        "quantiles": quantiles(generator),
        "logFactorials": log_factorials(),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
