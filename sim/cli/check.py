"""`cornercase check NAME`: whether a scenario keeps its contract, and what its draws come to."""

from __future__ import annotations

from collections import Counter
from statistics import median

from rich.console import Console
from rich.markup import escape

from ..episode.contract import Draw, complaints, draw
from ..episode.scenario import PHASES, RESULTS, find
from .stopping import within


def check(name: str, *, draws: int, driver: str, seed: int, plugins: tuple[str, ...], limit_s: float) -> int:
    """Play draws without sensors, show them, and say what is wrong.

    Returns:
        0, or 1 if the contract is broken.

    Raises:
        ConfigError: there is no such scenario or driver, or a draw takes longer than `limit_s`.

    """
    find(name, plugins)
    console = Console()
    console.print(f"{escape(name)}: {draws} draws of seed {seed}, driver {driver or 'of the scenario'}")
    played = []
    for number in range(draws):
        late = f"draw {number} of {name} has not ended after {limit_s:g} s (--limit): does its script yield?"
        with within(limit_s, late):
            one = draw(name, driver=driver, seed=seed, number=number, plugins=plugins)
        played.append(one)
        console.print(escape(_line(one)))
    again = draw(name, driver=driver, seed=seed, number=0, plugins=plugins)
    results = Counter(one.conclusion.result for one in played)
    faster = median(one.duration_s / one.wall_s for one in played)
    console.print(
        f"occurred {sum(one.conclusion.occurred for one in played)} of {draws}; "
        + ", ".join(f"{result} {results[result]}" for result in RESULTS)
        + f"; {faster:.1f} times real time"
    )
    found = complaints(played, again)
    for text in found:
        console.print(f"broken: {escape(text)}")
    if not found:
        console.print("keeps the contract")
    return 1 if found else 0


def _line(one: Draw) -> str:
    """One draw in one line."""
    told = sorted((at, name) for name, at in one.phases.items() if name in PHASES)
    phases = ", ".join(f"{name} {at:.2f} s" for at, name in told)
    mark = "" if one.conclusion.occurred else "  (the event did not occur)"
    return f"  {one.number:3d}  {one.conclusion.outcome:16s} {phases}{mark}"
