"""What the figures were measured on, and how busy it was."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("cornercase", "pybullet", "embreex", "numpy", "numba", "opencv-python-headless", "h5py", "gymnasium")


@dataclass(frozen=True)
class Machine:
    """The machine at one instant.

    Attributes:
        cpu: model name.
        cores: processor cores that exist.
        core: the one this process is pinned to, -1 for none.
        load: load average over the last minute.
        versions: of Python and the packages that matter.

    """

    cpu: str
    cores: int
    core: int
    load: float
    versions: str

    @staticmethod
    def now(core: int) -> Machine:
        """The machine now; `core` as `pin` returned it."""
        names = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
        return Machine(_cpu(), os.cpu_count() or 1, core, os.getloadavg()[0], ", ".join(names))

    @property
    def busy(self) -> bool:
        """Whether anything but this process was running, as far as the load average tells."""
        return self.load > 1.5


def pin() -> int:
    """Keep this process on the last core it may use; returns that core, -1 where the system cannot."""
    if not hasattr(os, "sched_setaffinity"):
        return -1
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
