"""The code blocks of the README and the docs, run as a reader would: page after page, in one folder."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")


def test_every_block_runs(tmp_path: Path) -> None:
    cornercase = Path(sys.executable).parent / "cornercase"
    for page in PAGES:
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
