"""What may lie in the repository: no generated data, small pictures."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_tracked_files_are_small() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and not path.is_symlink():
            limit = 300_000 if path.suffix in {".png", ".jpg", ".gif"} else 150_000
            assert path.stat().st_size < limit, f"{name} has {path.stat().st_size} bytes, expected less than {limit}"
