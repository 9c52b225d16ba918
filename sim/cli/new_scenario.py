"""`cornercase new-scenario my_pkg/ghost_bike`: a package of the user's own with a scenario that already plays."""

from __future__ import annotations

import keyword
import re
import sys
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template

from ..episode.scenario import scenarios
from ..errors import ConfigError, nearest

KINDS = {"driving": "aeb", "robotics": "pick_place"}
"""What a template exists for, and its default driver."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def new_scenario(name: str, kind: str, folder: Path) -> int:
    """Write a package, a scenario and its YAML file, and say what to do next.

    Args:
        name: package and scenario, "my_pkg/ghost_bike".
        kind: one of `KINDS`.
        folder: where the package goes.

    Raises:
        ConfigError: the name cannot be one, or a file is already there.

    """
    package, _, scenario = name.partition("/")
    for part, what in ((package, "package"), (scenario, "scenario")):
        if not _NAME.fullmatch(part) or keyword.iskeyword(part):
            raise ConfigError(
                f"{name!r} is no name of a scenario: its {what} is {part!r}, expected lower-case letters, digits and "
                "underscores, as in my_pkg/ghost_bike"
            )
    if kind not in KINDS:
        raise ConfigError(f"unknown kind of scenario {kind!r}: {nearest(kind, KINDS)}")
    if package in ("driving", "robotics") or name in scenarios():
        raise ConfigError(f"{name} would stand among the scenarios of cornercase: choose a package of your own")
    _check_free(package, folder / package)
    words = scenario.replace("_", " ")
    values = {
        "package": package,
        "name": scenario,
        "title": words,
        "Title": words.capitalize(),
        "Class": "".join(part.capitalize() for part in scenario.split("_")),
        "driver": KINDS[kind],
    }
    module, config = folder / package / f"{scenario}.py", folder / "conf" / "scenario" / package / f"{scenario}.yaml"
    for file in (module, config):
        if file.exists():
            raise ConfigError(f"{file} is already there: choose another name, or remove it")
    _write(module, f"{kind}.py.txt", values)
    _write(config, "config.yaml.txt", values)
    init = module.parent / "__init__.py"
    if not init.exists():
        init.write_text(f'"""Scenarios of {package}."""\n', encoding="utf-8")
    print(f"wrote {module}\n      {config}\n")
    print("It plays already. Next:")
    print(f"  cornercase check {name} --plugin {package}")
    print(
        f"  cornercase generate --config-dir=conf scenario={name} 'plugins=[{package}]' episodes=1 out=data/{scenario}"
    )
    print(f"Then open {module} and tell your own story.")
    return 0


def _check_free(package: str, place: Path) -> None:
    """Refuse a name that Python would import from another place than where the package goes.

    Raises:
        ConfigError: a module of Python or an installed package has the name.

    """
    if package in sys.stdlib_module_names:
        raise ConfigError(f"'{package}' is a module of Python: choose another name for the package, as in my_{package}")
    found = find_spec(package)
    if found is None:
        return
    places = [*(found.submodule_search_locations or [])] or [found.origin or package]
    if place.resolve() not in [Path(one).resolve() for one in places]:
        raise ConfigError(
            f"'{package}' is already imported from {places[0]}: choose another name for the package, as in my_{package}"
        )


def _write(file: Path, template: str, values: dict[str, str]) -> None:
    text = files(__package__).joinpath("templates", template).read_text(encoding="utf-8")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(Template(text).substitute(values), encoding="utf-8")
