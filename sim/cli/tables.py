"""Plain tables on the terminal, or in a log file."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def new_console() -> Console:
    """Wide enough for a log file, as wide as the terminal otherwise."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=160)


def new_table(*columns: str) -> Table:
    """Without lines between its cells."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column)
    return table


def add_row(table: Table, *cells: str) -> None:
    """Cells as they are, whatever brackets they have."""
    table.add_row(*map(escape, cells))
