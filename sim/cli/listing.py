"""What can be simulated: scenarios, and the choices of every group."""

from __future__ import annotations

from ..errors import ConfigError, nearest
from .choices import choices, groups
from .tables import add_row, new_console, new_table


def list_choices(what: str, plugins: tuple[str, ...]) -> int:
    """Show a group of choices, or one scenario with its parameters."""
    console = new_console()
    if what != "scenario" and what in groups():
        table = new_table("Name", what.capitalize())
        for choice in choices(what):
            add_row(table, choice.name, choice.summary)
        console.print(table)
        return 0
    from ..episode.scenario import scenarios  # imports the engine

    known = scenarios(plugins)
    if what == "scenario":
        table = new_table("Scenario", "What happens", "Drivers")
        for name, scenario in known.items():
            add_row(table, name, scenario.title, ", ".join(scenario.drivers))
        console.print(table)
        console.print("cornercase list NAME shows the parameters of one; cornercase list sensors the sensor rigs.")
        return 0
    if what not in known:
        raise ConfigError(f"unknown scenario or group '{what}': {nearest(what, [*known, *groups()])}")
    scenario = known[what]
    console.print(f"{what}: {scenario.title}", markup=False)
    console.print(f"Source: {scenario.source}", markup=False)
    console.print(f"Drivers: {', '.join(scenario.drivers)} (the first is the default)", markup=False)
    table = new_table("Parameter", "Unit", "Drawn from", "Meaning")
    for name, parameter in scenario.space().parameters.items():
        add_row(table, name, parameter.unit, str(parameter.distribution), parameter.doc)
    console.print(table)
    for constraint in scenario.space().constraints:
        console.print(f"Always: {constraint.text}", markup=False)
    return 0
