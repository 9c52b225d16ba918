from __future__ import annotations

import re
from pathlib import Path

from cornercase.sim.dataset import schema

import cornercase

DOCS = Path(__file__).parents[2] / "docs" / "schema.md"


def test_the_page_shows_the_table_of_the_code() -> None:
    assert schema.markdown() in DOCS.read_text(encoding="utf-8")


def test_the_page_shows_the_semantic_classes() -> None:
    shown = re.findall(r"[|] (\d+) `(\w+)` (?=[|])", DOCS.read_text(encoding="utf-8"))
    assert [(int(n), name) for n, name in shown] == [(c.value, c.name.lower()) for c in cornercase.SemanticClass]


def test_no_name_stands_twice() -> None:
    paths = [entry.path for entry in schema.TABLE]
    assert len(set(paths)) == len(paths)
