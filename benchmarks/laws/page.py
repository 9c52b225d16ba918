"""The page and the table of all points."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2

from .curve import Curve, Figure
from .plot import draw

HEAD = """# Weather against its laws

What camera, lidar, radar and tyres make of one weather, measured on what they deliver (rendered radiance, returned
points, detections, the car's own stop) and compared with the laws they are built on. Written by `make physics-report`,
which fails when a curve leaves its law.
"""


def summary(figures: Sequence[Figure], curves: Sequence[Curve]) -> str:
    """The table: one line for each curve."""
    lines = ["| what | curve | points | tolerance | furthest off | |", "|---|---|---:|---|---|---|"]
    for figure in figures:
        for curve in (c for c in curves if c.figure == figure.name):
            x, measured, law = curve.worst
            worst = f"at {x:g}: {measured:.4g}, law {law:.4g}"
            verdict = "pass" if curve.passed else "**fail**"
            lines.append(
                f"| {figure.title} | {curve.name} | {len(curve.x)} | {_tolerance(curve)} | {worst} | {verdict} |"
            )
    return "\n".join(lines)


def write(figures: Sequence[Figure], curves: Sequence[Curve], out: Path) -> None:
    """Write `physics_report.md`, `.csv` and the pictures into a folder."""
    pictures = out / "physics_report"
    pictures.mkdir(parents=True, exist_ok=True)
    parts = [HEAD, summary(figures, curves)]
    for figure in figures:
        own = [c for c in curves if c.figure == figure.name]
        cv2.imwrite(
            str(pictures / f"{figure.name}.png"), draw(figure, own)[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9]
        )
        parts += [
            f"\n## {figure.title}\n\nLaw: {figure.law}.\n",
            f"![{figure.title}](physics_report/{figure.name}.png)",
        ]
    (out / "physics_report.md").write_text("\n".join(parts) + "\n", encoding="utf-8")
    with (out / "physics_report.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["figure", "curve", "x", "measured", "law", "allowed_relative", "allowed_absolute", "passed"])
        table.writerows(_rows(curves))


def _rows(curves: Iterable[Curve]) -> Iterable[list[object]]:
    for c in curves:
        for x, measured, law, excess in zip(c.x, c.measured, c.law, c.excess, strict=True):
            yield [
                c.figure,
                c.name,
                f"{x:g}",
                f"{measured:.6g}",
                f"{law:.6g}",
                c.relative,
                c.absolute,
                int(excess <= 1),
            ]


def _tolerance(curve: Curve) -> str:
    parts = [f"{100 * curve.relative:g} %"] + ([f"{curve.absolute:g}"] if curve.absolute else [])
    return " or ".join(parts)
