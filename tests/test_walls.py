"""The walls between the folders, read off the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("scenarios", "sim", "renderers", "conf")
SOURCES = sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.py"))
LEVEL = {"renderers": 0, "conf": 0, "sim": 1, "scenarios": 2}
OWNERS = {
    "pybullet": ("sim.physics",),
    "pybullet_data": ("sim.physics",),
    "h5py": ("sim.dataset",),
    "hdf5plugin": ("sim.dataset",),
    "hydra": ("sim.cli",),
    "omegaconf": ("sim.cli",),
    "cv2": ("renderers", "sim.stress"),
    "gymnasium": ("sim.envs",),
}
"""Libraries that only some folders may import."""
PUBLIC = {"_replace", "_asdict", "_fields", "_make", "_exit"}
"""Names that begin with an underscore and are documented all the same: of named tuples and of `os`."""
EACH = pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Absolute name of every imported module, and what is taken from it."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            assert node.level <= len(package) + 1, f"{path}: import reaches out of the project"
            yield ".".join((*base, *filter(None, [node.module]))), tuple(alias.name for alias in node.names)


def named_by_string(path: Path) -> Iterator[str]:
    """Modules imported by name: `import_module("cv2")` and helpers that wrap it."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if "import" in called and isinstance(node.args[0].value, str):
                yield node.args[0].value


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 100


@EACH
def test_imports_go_down_only(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0]
    for name, taken in imports(path):
        target = name.partition(".")[0]
        if target in LEVEL:
            assert LEVEL[target] <= LEVEL[own], f"{own} imports {name}"
        assert target != "cornercase" or name == "cornercase", f"{name}: inside the folders, imports are relative"
        assert not (name == "" and set(taken) & set(FOLDERS)), "imports are relative"


@EACH
def test_imports_between_folders_are_relative(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names.append(node.module or "")
        for name in names:
            assert name.partition(".")[0] not in (*FOLDERS, "cornercase"), f"absolute import of {name}"


@EACH
def test_libraries_stay_in_their_folder(path: Path) -> None:
    module = module_of(path)
    for name in [*(name for name, _ in imports(path)), *named_by_string(path)]:
        owners = OWNERS.get(name.partition(".")[0])
        if owners is not None:
            assert any(module == o or module.startswith(f"{o}.") for o in owners), f"{module} imports {name}"


@EACH
def test_no_module_touches_the_private_names_of_another(path: Path) -> None:
    for name, taken in imports(path):
        private = [n for n in (*name.split("."), *taken) if n.startswith("_") and not n.startswith("__")]
        assert not private, f"imports {private} from {name}"
    tree = tree_of(path)
    modules = {alias.asname or alias.name.partition(".")[0] for node in ast.walk(tree)
               if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}  # fmt: skip
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    defined |= {
        target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
        for outer in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for target in (outer.elts if isinstance(outer, ast.Tuple) else [outer])
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not node.attr.startswith("_") or node.attr.startswith("__"):
            continue
        if node.attr in PUBLIC:
            continue
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        assert owner not in modules, f"line {node.lineno}: {owner}.{node.attr} is private to another module"
        if owner in ("self", "cls"):
            continue
        assert node.attr in defined, f"line {node.lineno}: {node.attr} is private to another module"


TEXTS = sorted(
    p
    for pattern in ("*.py", "*.yaml", "*.md", "*.toml", "Makefile", ".ci/*", ".pre-commit-config.yaml")
    for folder in (*FOLDERS, "cornercase", "docs", "examples", "benchmarks", "tests", "")
    for p in ((ROOT / folder).rglob(pattern) if folder else ROOT.glob(pattern))
    if p.is_file()
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:" + "|".join(("wor" + "k", "home/\\w+", "Users/\\w+", "ro" + "ot")) + r")/")
TEMPORARY = re.compile(r"(?<![\w.])/tm" + "p/")


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_names_a_place_on_somebodys_machine(path: Path) -> None:
    text = path.read_text()
    found = MACHINE_PATHS.search(text)
    if found is None and "tests" not in path.relative_to(ROOT).parts:
        found = TEMPORARY.search(text)
    assert found is None, f"{path.name}: {text[max(0, found.start() - 40) : found.end() + 40]!r}"


@EACH
def test_randomness_is_never_global(path: Path) -> None:
    """Generators are handed in; only the named streams and fixed patterns make one."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.arg | ast.FunctionDef):
            continue
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith(("np.random.", "numpy.random.")):
            allowed = {"Generator", "SeedSequence", "PCG64", "Philox", "default_rng"}
            assert node.attr in allowed, f"line {node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("default_rng"):
            assert node.args, f"line {node.lineno}: a generator without a seed"
