"""Scenarios with a mobile robot in a warehouse: who is there, how it drives, what counts as danger."""

from __future__ import annotations

from .scenario import MobileScenario

__all__ = ["MobileScenario"]
