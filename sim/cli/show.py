"""What a dataset or an episode holds, as tables for people."""

from __future__ import annotations

from pathlib import Path

from ..dataset import schema
from ..dataset.folder import Folder
from ..dataset.handle import open_episode
from ..dataset.manifest import Line
from ..dataset.reader import Episode
from ..errors import DatasetError
from .tables import add_row, new_console, new_table


def inspect(path: Path, episode: int | None) -> int:
    """Show a dataset, or the arrays of one episode.

    Returns:
        Exit code: 0, or 1 if a file of a finished episode is missing or cannot be read.

    """
    if path.suffix == ".h5":
        _show_episode(Episode(path))
        return 0
    folder = Folder.open(path)
    if episode is not None:
        _show_episode(Episode(folder.episode_path(folder.spec(episode).episode)))
        return 0
    console, config = new_console(), folder.config
    lines = folder.manifest.lines()
    planned, size = folder.description["episodes"], sum(line["size"] for line in lines)
    console.print(
        f"{path}: {config.scenario.name}, {len(lines)} of {planned} episodes, {size / 1e6:.1f} MB", markup=False
    )
    console.print(
        f"seed {folder.description['seed']}, driver {config.scenario.driver or 'of the scenario'}", markup=False
    )
    bad = _unreadable(folder, lines)
    console.print(f"files: {len(lines) - len(bad)} of {len(lines)} are there and can be read", markup=False)
    sensors = ", ".join(f"{name} ({sensor['kind']})" for name, sensor in config.sensors.items())
    console.print(f"sensors: {sensors or 'none'}", markup=False)
    table = new_table("Episode", "Outcome", "Steps", "Frames", "Events", "Phases", "MB")
    for line in lines:
        frames, events = (", ".join(f"{k} {n}" for k, n in line[key].items()) for key in ("frames", "events"))
        phases = ", ".join(f"{name} {ns / 1e9:.2f} s" for name, ns in line["phases"].items())
        add_row(
            table,
            str(line["episode"]),
            line["outcome"],
            str(line["steps"]),
            frames,
            events,
            phases,
            f"{line['size'] / 1e6:.1f}",
        )
    console.print(table)
    for line in folder.failed.lines():
        console.print(f"episode {line['episode']} failed: {line['error']}", markup=False)
    for trouble in bad:
        console.print(trouble, markup=False)
    if bad:
        console.print(f"cornercase verify {path} tells all that is wrong.", markup=False)
        return 1
    console.print(f"cornercase inspect {path} --episode N shows the arrays of one.", markup=False)
    return 0


def _unreadable(folder: Folder, lines: list[Line]) -> list[str]:
    """What is wrong with the files of finished episodes, as far as opening them tells."""
    found = []
    for line in lines:
        path = folder.episode_path(line["episode"])
        try:
            open_episode(path).close()
        except DatasetError as error:
            found.append(str(error))
            continue
        if (size := path.stat().st_size) != line["size"]:
            found.append(f"{path} has {size} bytes, expected {line['size']} by the manifest")
    return found


def _show_episode(episode: Episode) -> None:
    console = new_console()
    console.print(f"{episode.path}: episode {episode.number} of {episode.scenario}, seed {episode.seed}", markup=False)
    console.print(f"outcome: {episode.outcome} ({episode.result})", markup=False)
    for time_ns, _, text in episode.causes:
        console.print(f"  {time_ns / 1e9:8.3f} s  {text}", markup=False)
    for name, number in episode.measures.items():
        console.print(f"  {name} = {number:.4g}", markup=False)
    for name, value in episode.params.items():
        console.print(f"  {name} = {value}", markup=False)
    for event in (e for e in episode.events if e.kind != "cause"):
        who = f"{event.actor} with {event.other}"
        console.print(
            f"  {event.time_ns / 1e9:8.3f} s  {event.kind}, {who}, {event.value:g} {event.detail}", markup=False
        )
    table = new_table("Array", "Type", "Shape", "Unit", "Meaning")
    meanings = {entry.path: entry for entry in schema.TABLE}
    for path, kind, shape in episode.arrays():
        entry = _entry(path, episode, meanings)
        add_row(table, path, kind, str(shape), entry.unit if entry else "", entry.meaning if entry else "")
    console.print(table)


def _entry(path: str, episode: Episode, meanings: dict[str, schema.Entry]) -> schema.Entry | None:
    """The line of the contract for a concrete path."""
    parts = path.split("/")
    if parts[1] == "sensors" and len(parts) == 5:
        return meanings.get(f"/sensors/<sensor>/{parts[3]}/<name>")
    if parts[1] == "sensors":
        common = meanings.get(f"/sensors/<sensor>/{parts[3]}")
        return common or schema.data_entry(episode.sensors[parts[2]].kind, parts[3])
    return meanings.get(path) or meanings.get(f"{path.rpartition('/')[0]}/<name>")
