"""The types behind the YAML files, told to Hydra."""

from __future__ import annotations

from hydra.core.config_store import ConfigStore

from ..episode.config import GenerateConfig


def register_schemas() -> None:
    """Make the dataclasses known under the names that the defaults lists use."""
    ConfigStore.instance().store(name="generate_schema", node=GenerateConfig)
