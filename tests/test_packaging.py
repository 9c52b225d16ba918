"""What is installed is what lies in the tree."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
MAPPED = {"cornercase": "cornercase", "cornercase.conf": "conf", "cornercase.renderers": "renderers",
          "cornercase.scenarios": "scenarios", "cornercase.sim": "sim"}  # fmt: skip


def folder_of(package: str) -> Path:
    """Where the sources of a package lie."""
    mapped = max((name for name in MAPPED if package == name or package.startswith(f"{name}.")), key=len)
    return ROOT / MAPPED[mapped] / Path(*package.removeprefix(mapped).strip(".").split("."))


def tree() -> set[str]:
    """Every source file, under the name it is to be imported or read by."""
    files = set()
    for package, folder in MAPPED.items():
        top = ROOT / folder
        for path in (
            *top.rglob("*.py"),
            *top.rglob("*.yaml"),
            *top.rglob("*.py.txt"),
            *top.rglob("*.yaml.txt"),
            *top.rglob("py.typed"),
        ):
            files.add("/".join((*package.split("."), *path.relative_to(top).parts)))
    return files


def test_every_subpackage_is_listed() -> None:
    assert SETTINGS["package-dir"] == MAPPED
    found = {
        ".".join((*package.split("."), *path.parent.relative_to(ROOT / folder).parts))
        for package, folder in MAPPED.items()
        for path in (ROOT / folder).rglob("__init__.py")
    }
    assert set(SETTINGS["packages"]) == found
    assert SETTINGS["packages"] == sorted(SETTINGS["packages"])


def test_every_folder_with_modules_is_a_package() -> None:
    for package, folder in MAPPED.items():
        for path in (ROOT / folder).rglob("*.py"):
            assert (path.parent / "__init__.py").is_file(), f"{path.parent} of {package} has no __init__.py"


def test_every_listed_package_lies_in_the_tree() -> None:
    for package in SETTINGS["packages"]:
        assert (folder_of(package) / "__init__.py").is_file(), package


@pytest.mark.slow
@pytest.mark.skipif(find_spec("setuptools") is None, reason="needs setuptools to build a wheel without the network")
def test_the_wheel_holds_the_tree(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "-w"]
    settings = tmp_path / "setup.cfg"
    settings.write_text(f"[build]\nbuild_base = {tmp_path / 'build'}\n")  # nothing left over from another build
    built = subprocess.run(
        [*command, str(tmp_path / "out"), str(ROOT)],
        env=os.environ | {"DIST_EXTRA_CONFIG": str(settings)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "out").glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == tree()
