"""Compiled code on disk is as fresh as all that went into it, and what has no entry from Python says so."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cornercase.renderers import air, compiled
from cornercase.renderers.lidar import kernel
from cornercase.renderers.lidar.surfaces import orientation_at


def test_what_is_inlined_refuses_python():
    with pytest.raises(TypeError, match="orientation_at is inlined"):
        orientation_at(np.zeros((1, 1, 4)), np.zeros(1, bool), 0, 0.5)


SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
from cornercase.renderers import compiled
from pathlib import Path
compiled._ROOT = Path({folder!r})
from pack.caller import twice
print(twice(3))
"""


def test_a_kernel_depends_on_what_it_imports_at_any_remove():
    files = {path.name for path in compiled.imported(Path(kernel.__file__))}
    assert {"kernel.py", "air.py", "receive.py", "echoes.py", "radiometry.py", "random.py", "truth.py"} <= files
    assert "camera.py" not in files
    assert compiled.stamp(Path(kernel.__file__)) != compiled.stamp(Path(air.__file__))


def test_an_edit_in_a_callee_reaches_its_callers(tmp_path):
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "__init__.py").write_text("")
    (pack / "caller.py").write_text(
        "from cornercase.renderers.compiled import compiled\nfrom .callee import (\n    FACTOR,\n    plus,\n)\n\n"
        "@compiled\ndef twice(x):\n    return plus(FACTOR * x)\n"
    )

    def answer(factor, plus):
        (pack / "callee.py").write_text(
            f"from cornercase.renderers.compiled import compiled\nFACTOR = {factor}\n\n"
            f"@compiled\ndef plus(x):\n    return x + {plus}\n"
        )
        script = SCRIPT.format(folder=str(tmp_path))
        done = subprocess.run([sys.executable, "-B", "-c", script], capture_output=True, text=True, check=True)
        return int(done.stdout)

    assert answer(2, 0) == 6
    cached = list(pack.rglob("caller.twice*.nbc"))
    assert cached
    assert answer(2, 0) == 6
    assert list(pack.rglob("caller.twice*.nbc")) == cached
    assert answer(2, 10) == 16
    assert answer(3, 10) == 19
