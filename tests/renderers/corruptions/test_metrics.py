"""Metrics against worked examples and their own identities."""

from __future__ import annotations

import pytest
from cornercase.renderers.corruptions import metrics as m

OURS = {"fog": [0.6, 0.5, 0.4], "snow": [0.5, 0.3, 0.1]}
BASE = {"fog": [0.5, 0.4, 0.3], "snow": [0.4, 0.2, 0.0]}


def errors(scores: dict[str, list[float]]) -> dict[str, list[float]]:
    return {name: [1 - v for v in values] for name, values in scores.items()}


def test_corruption_errors() -> None:
    assert m.corruption_error([0.4, 0.5, 0.6], [0.5, 0.6, 0.7]) == pytest.approx(1.5 / 1.8)
    assert m.mean_corruption_error(errors(OURS), errors(BASE)) == pytest.approx((1.5 / 1.8 + 2.1 / 2.4) / 2)
    assert m.mean_corruption_error(errors(BASE), errors(BASE)) == 1.0
    relative = m.relative_mean_corruption_error(errors(OURS), 0.2, errors(BASE), 0.3)
    assert relative == pytest.approx(((1.5 - 0.6) / (1.8 - 0.9) + (2.1 - 0.6) / (2.4 - 0.9)) / 2)


def test_resilience_and_resistance() -> None:
    assert m.resilience_rate([0.6, 0.5, 0.4], 0.8) == pytest.approx(1.5 / (3 * 0.8))
    assert m.mean_resilience_rate(OURS, 0.8) == pytest.approx((1.5 + 0.9) / (2 * 3 * 0.8))
    assert m.mean_resistance_ability(OURS, 0.8) == pytest.approx(m.mean_resilience_rate(OURS, 0.8))
    assert m.relative_resistance_ability([0.6, 0.5, 0.4], [0.5, 0.4, 0.3]) == pytest.approx(0.25)
    assert m.mean_relative_resistance_ability(OURS, BASE) == pytest.approx((0.25 + 0.5) / 2)
    assert m.mean_relative_resistance_ability(OURS, OURS) == 0.0


def test_relative_corruption_error() -> None:
    """CenterPoint on Robo3D's KITTI-C: eight corruptions, clean 68.7."""
    scores = {str(i): [v] for i, v in enumerate((53.1, 68.7, 48.6, 47.9, 49.9, 66.0, 58.9, 45.1))}
    assert m.corrupted_score(scores) == pytest.approx(54.775)
    assert m.relative_corruption_error(scores, 68.7) == pytest.approx(0.2027, abs=1e-4)


def test_mistakes_are_told() -> None:
    with pytest.raises(ValueError, match="differ in corruptions"):
        m.mean_corruption_error(OURS, {"fog": [0.5]})
    with pytest.raises(ValueError, match="at least one"):
        m.mean_resistance_ability({}, 1.0)
    with pytest.raises(ValueError, match="one score per severity"):
        m.resilience_rate([], 1.0)
