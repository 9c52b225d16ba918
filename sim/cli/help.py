"""The help of the commands whose arguments are Hydra's, read off their YAML.

Hydra's own way to the same text loads every choice of every group first, twice, which takes seconds.
"""

from __future__ import annotations

import yaml

from .choices import CONF


def show_help(command: str) -> int:
    """Print it; always 0."""
    told = yaml.safe_load(CONF.joinpath(f"{command}.yaml").read_text(encoding="utf-8"))["hydra"]["help"]
    print(told["template"].replace("${hydra.help.header}", told["header"]).rstrip("\n"))
    return 0
