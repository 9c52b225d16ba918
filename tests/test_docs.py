"""The code blocks of the README and the docs, run as a reader would: block after block, in one folder."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
CHAPTERS = [
    [ROOT / "README.md", ROOT / "docs/schema.md"],  # the second reads what the first has made
    *([page] for page in PAGES[1:] if page.name != "schema.md" and BLOCK.search(page.read_text())),
]
"""Pages that follow one another."""
LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.mark.parametrize("pages", CHAPTERS, ids=lambda pages: pages[0].stem)
def test_every_block_runs(pages: list[Path], tmp_path: Path) -> None:
    cornercase = Path(sys.executable).parent / "cornercase"
    for page in pages:
        for language, code in BLOCK.findall(page.read_text()):
            if language == "python":
                command = [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", code]
            else:
                command = ["bash", "-euc", code.replace("cornercase ", f"{cornercase} ")]
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False)
            assert done.returncode == 0, f"{page.name}: {language} block failed:\n{code}\n{done.stdout}\n{done.stderr}"


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in LINK.findall(page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which does not exist"
