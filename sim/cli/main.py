"""The `cornercase` command. Errors a user can mend are one line and a non-zero exit code.

Each command imports what it needs, so that help and version come at once.

Exit codes: 0 all well, 1 something was found or failed, 2 bad input, 3 the disk, 130 stopped with Ctrl-C, 143 ended by
SIGTERM.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import sys
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path
from typing import NoReturn

from ..errors import CornercaseError, StorageError, nearest
from .stopping import Terminated, terminable

Command = Callable[[argparse.Namespace], int]

_KEEP = (["generate"], ["stress"], ["avoidability"])
"""Commands that go on where they stopped."""

DESCRIPTION = """\
Simulates rare driving and robotics events and writes them as labelled sensor data.

  cornercase list                     what can be simulated
  cornercase generate [key=value ..]  make a dataset (cornercase generate --help)
  cornercase inspect PATH             what a dataset holds; --sheet and --video draw it
  cornercase verify PATH              prove that it is whole and its labels are sound
  cornercase replay PATH              simulate it again and compare every array
  cornercase avoidability PATH        could its episodes have been avoided, and until when
  cornercase stress [key=value ..]    find out what degrades a detector (cornercase stress --help)

A first dataset:

  cornercase generate scenario=driving/cut_in episodes=2 seed=7 out=data/cut_in workers=2
  cornercase inspect data/cut_in
  cornercase inspect data/cut_in --sheet cut_in.png --video cut_in.mp4
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        with terminable():
            return _run(arguments)
    except CornercaseError as error:
        print(f"cornercase: {error}", file=sys.stderr)
        return 3 if isinstance(error, StorageError) else 2
    except KeyboardInterrupt as stop:
        how, code = ("ended by SIGTERM", 143) if isinstance(stop, Terminated) else ("stopped", 130)
        kept = "; what is finished is kept, the same command goes on from there" if arguments[:1] in _KEEP else ""
        print(f"cornercase: {how}{kept}", file=sys.stderr)
        return code
    except BrokenPipeError:  # the reader of a pipe left
        sys.stderr.close()
        return 0


def _run(arguments: list[str]) -> int:
    if arguments[:1] in (["generate"], ["stress"]) and {"-h", "--help"}.intersection(arguments):
        from .help import show_help

        return show_help(arguments[0])
    if arguments[:1] == ["generate"]:
        from .generate import main as generate

        return generate(arguments[1:])
    if arguments[:1] == ["stress"]:
        from .stress import main as stress

        return stress(arguments[1:])
    options = parser().parse_args(arguments)
    command: Command = options.command
    return command(options)


class _Parser(argparse.ArgumentParser):
    """Names the nearest command where there is none of that name."""

    def error(self, message: str) -> NoReturn:
        wrong = re.match(r"argument COMMAND: invalid choice: '(.*)' \(choose from (.*)\)", message)
        if wrong:
            name, known = wrong.groups()
            raise CornercaseError(f"unknown command '{name}': {nearest(name, re.findall(r'[a-z-]+', known))}")
        super().error(message)


def parser() -> argparse.ArgumentParser:
    """The arguments of all commands but `generate` and `stress`, whose are Hydra's."""
    top = _Parser(prog="cornercase", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("--version", action="version", version=f"cornercase {importlib.metadata.version('cornercase')}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    commands.add_parser("generate", help="make a dataset", add_help=False)
    commands.add_parser("stress", help="find out what degrades a detector", add_help=False)

    part = commands.add_parser("list", help="what can be simulated")
    part.add_argument(
        "what",
        nargs="?",
        default="scenario",
        help="a scenario (shows its parameters) or a group: scenario, sensors, model, sweep, ...; default: scenario",
    )
    part.add_argument("--plugin", action="append", default=[], metavar="PACKAGE", help="import this package first")
    part.set_defaults(command=list_)

    part = commands.add_parser("new-scenario", help="begin a scenario in a package of your own")
    part.add_argument("name", help="package and scenario, such as my_pkg/ghost_bike")
    part.add_argument("--kind", default="driving", help="driving or robotics; default: driving")
    part.add_argument(
        "--folder", type=Path, default=Path(), metavar="DIR", help="where the package goes; default: here"
    )
    part.set_defaults(command=new_scenario)

    part = commands.add_parser("check", help="play a scenario without sensors; exit code 1 if it breaks its contract")
    part.add_argument("name", help="of the scenario")
    part.add_argument("--draws", type=int, default=10, metavar="N", help="episodes; default: 10")
    part.add_argument("--driver", default="", help="who drives; default: the first of the scenario's")
    part.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    part.add_argument("--plugin", action="append", default=[], metavar="PACKAGE", help="import this package first")
    part.add_argument("--limit", type=float, default=120.0, metavar="S", help="seconds for one draw; default: 120")
    part.set_defaults(command=check)

    part = commands.add_parser("inspect", help="what a dataset or an episode file holds")
    part.add_argument("path", type=Path, help="dataset folder, or one .h5 file")
    part.add_argument("--episode", type=int, metavar="N", help="only this one: show its arrays, or draw it")
    part.add_argument("--sheet", type=Path, metavar="PNG", help="draw a contact sheet of key moments instead")
    part.add_argument("--video", type=Path, metavar="MP4", help="make a film of one episode instead")
    part.set_defaults(command=inspect)

    part = commands.add_parser("compile", help="compile the kernels now, side by side, instead of in the first run")
    part.add_argument("--workers", type=int, default=2, metavar="N", help="processes; default: 2")
    part.set_defaults(command=compile_)

    part = commands.add_parser("demo", help="make and draw a small driving and a small robotics dataset")
    part.add_argument("--out", type=Path, default=Path("demo"), metavar="DIR", help="folder to write to; default: demo")
    part.add_argument("--workers", type=int, default=2, metavar="N", help="processes; default: 2")
    part.set_defaults(command=demo)

    part = commands.add_parser("verify", help="check hashes, schema and labels; exit code 1 if anything is wrong")
    part.add_argument("path", type=Path, help="dataset folder, or one .h5 file")
    part.set_defaults(command=verify)

    part = commands.add_parser("replay", help="simulate again and compare every array; exit code 1 if they differ")
    part.add_argument("path", type=Path, help="dataset folder")
    part.add_argument("--episode", type=int, metavar="N", help="only this one; default: all that are finished")
    part.add_argument("--plugin", action="append", default=[], metavar="PACKAGE", help="allow to import this package")
    part.set_defaults(command=replay)

    part = commands.add_parser("avoidability", help="could the episodes have been avoided, and until when")
    part.add_argument("path", type=Path, help="dataset folder")
    part.add_argument("--episode", type=int, metavar="N", help="only this one; default: all that are finished")
    part.add_argument("--workers", type=int, default=1, metavar="N", help="processes; default: 1, 0 is this one")
    part.add_argument(
        "--from",
        dest="since",
        default="visible",
        metavar="MOMENT",
        help="first moment to act: visible (first sight, not before the onset), onset or start; default: visible",
    )
    part.add_argument("--check", action="store_true", help="play the stored proofs again; exit code 1 if one fails")
    part.add_argument("--plugin", action="append", default=[], metavar="PACKAGE", help="allow to import this package")
    part.set_defaults(command=avoidability)
    return top


def list_(options: argparse.Namespace) -> int:
    """`cornercase list`."""
    from .listing import list_choices
    from .plugins import allow_local

    return list_choices(options.what, allow_local(options.plugin))


def new_scenario(options: argparse.Namespace) -> int:
    """`cornercase new-scenario`."""
    from .new_scenario import new_scenario as write

    return write(options.name, options.kind, options.folder)


def check(options: argparse.Namespace) -> int:
    """`cornercase check`."""
    from ..errors import ConfigError
    from .check import check as run
    from .plugins import allow_local

    if options.draws < 1:
        raise ConfigError(f"--draws is {options.draws}, expected 1 or more")
    if options.seed < 0:
        raise ConfigError(f"--seed is {options.seed}, expected 0 or more")
    if not 0.0 < options.limit < inf:
        raise ConfigError(f"--limit is {options.limit:g}, expected seconds above 0")
    return run(
        options.name, draws=options.draws, driver=options.driver, seed=options.seed,
        plugins=allow_local(options.plugin), limit_s=options.limit,
    )  # fmt: skip


def inspect(options: argparse.Namespace) -> int:
    """`cornercase inspect`."""
    if options.sheet or options.video:
        from . import pictures

        return pictures.draw(options.path, options.episode, sheet=options.sheet, video=options.video)
    from . import show

    return show.inspect(options.path, options.episode)


def compile_(options: argparse.Namespace) -> int:
    """`cornercase compile`."""
    from .compile import compile_kernels

    return compile_kernels(options.workers)


def demo(options: argparse.Namespace) -> int:
    """`cornercase demo`."""
    from .demo import demo as run

    return run(options.out, options.workers)


def verify(options: argparse.Namespace) -> int:
    """`cornercase verify`."""
    from ..dataset.verify import verify as findings
    from ..errors import counted

    count = 0
    for finding in findings(options.path):
        print(finding)
        count += 1
    print(f"{options.path}: {counted(count, 'finding') if count else 'sound'}")
    return 1 if count else 0


def replay(options: argparse.Namespace) -> int:
    """`cornercase replay`."""
    from ..dataset.folder import Folder
    from ..dataset.recording import record_to_file
    from ..dataset.replay import replay as compare
    from .plugins import allow_local, check_consent

    folder = Folder.open(options.path)
    check_consent(options.path, folder.config.plugins, allow_local(options.plugin))
    finished = [line["episode"] for line in folder.manifest.lines()]
    episodes = finished if options.episode is None else [options.episode]
    different = 0
    for episode in episodes:
        arrays, difference = compare(folder.spec(episode), folder.episode_path(episode), record_to_file)
        print(f"episode {episode}: {difference or f'equal, {arrays} arrays'}", flush=True)
        different += difference is not None
    return 1 if different else 0


def avoidability(options: argparse.Namespace) -> int:
    """`cornercase avoidability`."""
    from .avoidability import avoidability as run

    return run(
        options.path,
        episode=options.episode,
        since=options.since,
        workers=options.workers,
        prove=options.check,
        plugins=options.plugin,
    )


if __name__ == "__main__":
    sys.exit(main())
