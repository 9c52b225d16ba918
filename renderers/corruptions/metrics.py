"""The figures that robustness benchmarks report, from scores per severity.

Scores are arrays over severities; dictionaries go from corruption to scores. Errors are 1 - score where a definition
speaks of errors. Sources: Hendrycks & Dietterich 2019 (CE, mCE, relative mCE), RoboBEV (CE on NDS, RR, mRR),
3D_Corruptions_AD (RCE), MultiCorrupt (RA, mRA, RRA, mRRA).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

Scores = Sequence[float]


def _values(scores: Scores, what: str) -> np.ndarray:
    values = np.asarray(scores, float)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"{what} has shape {values.shape}, expected one score per severity")
    return values


def _mean(figures: Mapping[str, float]) -> float:
    if not figures:
        raise ValueError("no corruption is given, expected at least one")
    return float(np.mean(list(figures.values())))


def _pairs(ours: Mapping[str, Scores], base: Mapping[str, Scores]) -> list[str]:
    if set(ours) != set(base):
        raise ValueError(f"scores and baseline differ in corruptions: {sorted(set(ours) ^ set(base))}")
    return list(ours)


def corruption_error(errors: Scores, base_errors: Scores) -> float:
    """CE: sum of errors over severities, relative to that of a baseline."""
    return float(_values(errors, "errors").sum() / _values(base_errors, "base_errors").sum())


def mean_corruption_error(errors: Mapping[str, Scores], base_errors: Mapping[str, Scores]) -> float:
    """MCE: mean of CE over corruptions."""
    return _mean({name: corruption_error(errors[name], base_errors[name]) for name in _pairs(errors, base_errors)})


def relative_mean_corruption_error(
    errors: Mapping[str, Scores], clean_error: float, base_errors: Mapping[str, Scores], base_clean_error: float
) -> float:
    """Relative mCE: as mCE, with the clean error taken off every error."""
    ours = {name: np.asarray(values, float) - clean_error for name, values in errors.items()}
    base = {name: np.asarray(values, float) - base_clean_error for name, values in base_errors.items()}
    return mean_corruption_error(ours, base)  # type: ignore[arg-type]


def resilience_rate(scores: Scores, clean: float) -> float:
    """RR: mean score over severities, relative to the clean score."""
    return float(_values(scores, "scores").mean() / clean)


def mean_resilience_rate(scores: Mapping[str, Scores], clean: float) -> float:
    """MRR: mean of RR over corruptions."""
    return _mean({name: resilience_rate(values, clean) for name, values in scores.items()})


def corrupted_score(scores: Mapping[str, Scores]) -> float:
    """AP_cor: mean score over corruptions and severities."""
    return _mean({name: float(_values(values, name).mean()) for name, values in scores.items()})


def relative_corruption_error(scores: Mapping[str, Scores], clean: float) -> float:
    """RCE: (clean - AP_cor) / clean."""
    return (clean - corrupted_score(scores)) / clean


def resistance_ability(scores: Scores, clean: float) -> float:
    """RA of one corruption: mean over severities of score / clean score."""
    return float((_values(scores, "scores") / clean).mean())


def mean_resistance_ability(scores: Mapping[str, Scores], clean: float) -> float:
    """MRA: mean of RA over corruptions."""
    return _mean({name: resistance_ability(values, clean) for name, values in scores.items()})


def relative_resistance_ability(scores: Scores, base_scores: Scores) -> float:
    """RRA of one corruption: sum of scores relative to a baseline's, less 1."""
    return float(_values(scores, "scores").sum() / _values(base_scores, "base_scores").sum() - 1.0)


def mean_relative_resistance_ability(scores: Mapping[str, Scores], base_scores: Mapping[str, Scores]) -> float:
    """MRRA: mean of RRA over corruptions."""
    names = _pairs(scores, base_scores)
    return _mean({name: relative_resistance_ability(scores[name], base_scores[name]) for name in names})
