"""The code blocks of the README and the docs, run as a reader would: in order, in one folder."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if BLOCK.search(page.read_text())]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_runs(page: Path, tmp_path: Path) -> None:
    cornercase = Path(sys.executable).parent / "cornercase"
    for language, code in BLOCK.findall(page.read_text()):
        if language == "python":
            command = [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", code]
        else:
            command = ["bash", "-euc", code.replace("cornercase ", f"{cornercase} ")]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, f"{language} block failed:\n{code}\n{done.stdout}\n{done.stderr}"


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which does not exist"
