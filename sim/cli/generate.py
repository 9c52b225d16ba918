"""`cornercase generate`: Hydra composes the configuration, dataclasses check it, the executor does the work."""

from __future__ import annotations

import dataclasses
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from rich.console import Console
from rich.table import Table

from ..dataset import generation
from ..dataset.folder import Folder, versions
from ..dataset.plan import balance
from ..episode.config import GenerateConfig
from ..episode.scenario import RESULTS
from ..errors import ConfigError, nearest
from .avoidability import avoidability
from .choices import choices, groups
from .plugins import allow_local
from .progress import display
from .schemas import register_schemas

FREE = ("scenario.params.", "scenario.params=", "sensors.", "mix.")
"""Keys that may be set whether or not the YAML names them; whoever takes them checks their names."""
_NO_NAME = re.compile(r"(?i)null|true|false|[-+]?\.?\d[\d._e+-]*")
"""What Hydra reads as something else than text."""
_PLAIN, _SWEEP = re.compile(r"[\w./+-]+", re.ASCII), {"-m", "--multirun"}
_EXPECTED = {
    "is not Optional": "a value",
    "is not a ListConfig": "a list in brackets, as in [1,2]",
    " to Dict[": "values by name, as in {name: 1}",
    "is not a subclass of": "its fields one by one, as in {key}.field=1",
    "to string": "text",
    "is not a valid bool": "true or false",
}
"""What would have fitted, by what OmegaConf says of a value that does not."""


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: what follows `cornercase generate`, overrides and Hydra's own flags.

    Returns:
        Exit code: 0, or 1 if episodes failed.

    Raises:
        ConfigError: the configuration cannot be composed or is not valid.

    """
    composed: list[DictConfig] = []
    register_schemas()
    os.environ["HYDRA_FULL_ERROR"] = "1"  # errors come as exceptions; the message is ours
    before = sys.argv
    sys.argv = ["cornercase generate", *arrange(arguments)]
    try:
        hydra.main(config_path="pkg://cornercase.conf", config_name="generate", version_base="1.3")(composed.append)()
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(explain(error)) from error
    finally:
        sys.argv = before
    return max((generate(to_config(config)) for config in composed), default=0)


def arrange(arguments: Sequence[str]) -> list[str]:
    """Flags before overrides, as Hydra wants them; `FREE` keys may be set whether or not the YAML names them.

    Raises:
        ConfigError: a group is set to what cannot be the name of a choice, on which Hydra breaks.

    """
    overrides = [a for a in arguments if "=" in a and not a.startswith("-")]
    for key, _, value in (a.partition("=") for a in overrides):
        if not key:
            raise ConfigError(f"cannot read '={value}': expected key=value")
        if key in groups() and _NO_NAME.fullmatch(value):
            raise ConfigError(f"{key} is {value}, expected the name of a choice: cornercase list {key} shows them")
    flags = [a for a in arguments if a not in overrides]
    if not _SWEEP.intersection(flags):
        overrides = [_quoted(a) for a in overrides]
    return [*flags, *(f"++{a}" if a.startswith(FREE) else a for a in overrides)]


def _quoted(override: str) -> str:
    """A folder as it is, whatever signs it has; other overrides are Hydra's to read."""
    key, _, value = override.partition("=")
    if key != "out" or not value or value[0] in "'\"[{" or "${" in value or _PLAIN.fullmatch(value):
        return override
    # a backslash counts only before a quote
    escaped = re.sub(r"(\\*)('|$)", lambda m: 2 * m[1] + ("\\'" if m[2] else ""), value)
    return f"{key}='{escaped}'"


def to_config(composed: DictConfig) -> GenerateConfig:
    """The composed configuration as dataclasses.

    Raises:
        ConfigError: a value is out of range, or missing.

    """
    try:
        config = OmegaConf.to_object(composed)
    except OmegaConfBaseException as error:
        raise ConfigError(explain(error)) from error
    for node, known in (
        (composed, config),
        *((composed[n], getattr(config, n)) for n in ("scenario", "record", "executor", "weather", "light")),
    ):
        names = [f.name for f in dataclasses.fields(known)]
        for key in node:
            if key not in names:
                raise ConfigError(f"unknown key '{key}': {nearest(str(key), names)}")
    if not isinstance(config, GenerateConfig):
        raise ConfigError("the configuration lost its schema: generate.yaml must begin with generate_schema")
    return config


def generate(config: GenerateConfig) -> int:
    """Make a dataset, or what is missing of it.

    Returns:
        Exit code: 0, or 1 if episodes failed.

    Raises:
        ConfigError, StorageError: see `Run.execute`.
        KeyboardInterrupt: stopped by the user; what is finished stays.

    """
    allow_local(config.plugins)
    with display(config.executor.progress, total=config.episodes, done=0) as shown:
        out, folder = Path(config.out), generation.prepare(config, shown)
    done = config.episodes - len(folder.missing())
    with display(config.executor.progress, total=config.episodes, done=done) as shown:
        if done:
            shown.message(f"{done} of {config.episodes} episodes are already in {out}")
        changed = {
            n: (was, now) for n, now in versions().items() if (was := folder.description["versions"].get(n)) != now
        }
        for name, (was, now) in changed.items() if done < config.episodes else ():
            shown.message(f"this set began with {name} {was}, now it is {now}: new episodes may differ in their bytes")
        failed = generation.run(config, folder, shown)
    size = sum(line["size"] for line in folder.manifest.lines())
    made = config.episodes - failed
    print(
        f"{out}: {made} of {config.episodes} episodes, {size / 1e6:.1f} MB" + (f", {failed} failed" if failed else "")
    )
    if config.mix:
        print_balance(folder)
    judged = 0
    if config.avoidability:
        judged = avoidability(out, workers=config.workers, plugins=config.plugins, progress=config.executor.progress)
    return 1 if failed else judged


def print_balance(folder: Folder) -> None:
    """What was wanted and what came out, per entry of the mix."""
    table = Table("Entry", "Scenario", "Episodes", *RESULTS, "Event occurred")
    for row in balance(folder.plan(), folder.manifest.lines()):
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def explain(error: Exception) -> str:
    """What is wrong with a configuration, in one sentence, with the nearest valid name."""
    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        group, _, name = error.missing_cfg_file.partition("/")
        if not name:
            return f"there is no configuration '{group}'"
        own = ", or model=package.module:name" if group == "model" else ""
        return f"unknown {group} '{name}': {nearest(name, [c.name for c in choices(group)])}{own}"
    if isinstance(error, OverrideParseException):
        return f"cannot read '{error.override}' ({error.message.splitlines()[0]}): expected key=value"
    text = "\n".join(str(e) for e in (error, error.__cause__) if e is not None)
    several = re.search(r"Ambiguous value for argument '\+*([^=]+)=(.*)'", text)
    if several:
        key, value = several.groups()
        return f"{key} is {value}, expected one value; a list is written in brackets, as in {key}=[{value}]"
    refused = re.search(r"Error merging override \+*([^=]+)=(.*)", text)
    expected = next((words for sign, words in _EXPECTED.items() if sign in text), "")
    if refused and expected:
        key, value = refused.groups()
        return f"{key} is {value}, expected {expected.replace('{key}', key)}"
    there = re.search(r"already at '([^']+)'", text)
    if there:
        return f"the configuration has '{there.group(1)}' already: write {there.group(1)}=value, without +"
    unknown = re.search(r"(?:Could not (?:override|append|add|delete)[^']*|Key )'([^']+)'", text)
    if unknown and "convert" not in text:
        key = unknown.group(1)
        full = re.search(r"full_key: (\S+)", text)
        key = full.group(1) if full else key
        return f"unknown key '{key}': {nearest(key, known_keys())}"
    value = re.search(r"Value '.*' of type '\w+' could not be converted to \w+", text)
    full = re.search(r"full_key: (\S+)", text)
    if value and full:
        return f"{full.group(1)}: {value.group(0)[0].lower()}{value.group(0)[1:]}"
    rows = (row.strip() for row in text.splitlines())
    said = " ".join(row for row in rows if not row.startswith(("full_key:", "object_type=", "reference_type=")))
    return f"{full.group(1) if full else 'configuration'}: {said}"


def known_keys() -> list[str]:
    """All keys of the default configuration, dotted, and the groups."""
    GlobalHydra.instance().clear()
    register_schemas()
    with hydra.initialize_config_module("cornercase.conf", version_base="1.3"):
        composed = hydra.compose("generate")
    return sorted({*_dotted(OmegaConf.to_container(composed), ""), *groups()})


def _dotted(node: object, prefix: str) -> list[str]:
    if not isinstance(node, dict):
        return []
    return [key for name, child in node.items() for key in (f"{prefix}{name}", *_dotted(child, f"{prefix}{name}."))]
