"""Packages of the user, named on the command line and never by a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import ConfigError


def allow_local(plugins: Sequence[str]) -> tuple[str, ...]:
    """Let the named packages be found in the current folder, after everything that is installed."""
    here = os.getcwd()
    if plugins and here not in sys.path:
        sys.path.append(here)
    return tuple(plugins)


def check_consent(path: Path, needed: Sequence[str], named: Sequence[str]) -> None:
    """A dataset may come from a stranger: what it asks to import must have been named by the user.

    Raises:
        ConfigError: names the package and the option.

    """
    for plugin in needed:
        if plugin not in named:
            raise ConfigError(f"{path} asks to import the package '{plugin}': if you trust it, add --plugin {plugin}")
