"""Rows of figures and the page they become."""

from __future__ import annotations

from dataclasses import dataclass

from .machine import Machine


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        name: what was measured.
        figure: the number compared with the target.
        unit: of it; "x" for a ratio.
        target: smallest figure that passes, or greatest if `at_most`; None where there is none.
        detail: the times behind it.
        breakdown: share of the whole in percent, by name, where it was taken apart.

    """

    name: str
    figure: float | None
    unit: str
    target: float | None
    detail: str
    breakdown: tuple[tuple[str, float], ...] = ()
    at_most: bool = False

    @property
    def passed(self) -> bool | None:
        """Whether the target was met; None without a target or a figure."""
        if self.target is None or self.figure is None:
            return None
        return self.figure <= self.target if self.at_most else self.figure >= self.target

    @property
    def shown(self) -> str:
        """The figure with its unit."""
        return "-" if self.figure is None else _number(self.figure, self.unit)


def markdown(rows: list[Row], before: Machine, after: Machine) -> str:
    """The page: figures, breakdowns, machine."""
    lines = ["# Benchmarks", "", "One thread on one core; medians of processor time over interleaved repeats after a"]
    lines += ["warm-up. Written by `make bench`.", ""]
    if before.busy or after.busy:
        lines += [
            f"**The machine was busy** (load average {before.load:.1f} before, {after.load:.1f} after, this run counts "
            "for 1): shared caches and clock speed make the figures worse than on a quiet one.",
            "",
        ]
    lines += ["| what | figure | target | | times |", "|---|---:|---:|---|---|"]
    for row in rows:
        target = "" if row.target is None else ("<= " if row.at_most else "") + _number(row.target, row.unit)
        verdict = {True: "pass", False: "**miss**", None: ""}[row.passed]
        lines.append(f"| {row.name} | {row.shown} | {target} | {verdict} | {row.detail} |")
    for row in rows:
        if row.breakdown:
            lines += ["", f"Where the time goes: {row.name}", "", "| part | share |", "|---|---:|"]
            lines += [f"| {name} | {share:.1f} % |" for name, share in row.breakdown]
    cores = (
        f"{after.cores} cores, pinned to core {after.core}" if after.core >= 0 else f"{after.cores} cores, not pinned"
    )
    lines += ["", f"{after.cpu}, {cores}; load average {before.load:.2f} before, {after.load:.2f} after.", ""]
    lines += [f"{after.versions}.", ""]
    return "\n".join(lines)


def _number(value: float, unit: str) -> str:
    text = f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return f"{text}{unit}" if unit == "x" else f"{text} {unit}"
