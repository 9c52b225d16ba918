"""How kernels are compiled, and kept on disk.

`compiled` is numba's `njit`. Compiled code is cached beside the source, and is dropped when the kernel's own file or
any module of this package that it imports has changed: numba alone looks at the kernel's own file, and would go on
running a callee or a constant of yesterday after an update.

`kernel` and `inlined` are for hot loops. Arrays belong to the caller for the whole of a call and these kernels allocate
nothing, so reference counting is left out of them: its atomic operations on every access to a field of a tuple of
arrays cost more than the shading. Division follows IEEE rules without a test for zero. What is inlined is inlined by
LLVM, and has no entry from Python: that compiles in two thirds of the time of numba's own inlining of source.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba import njit
from numba.core import caching

_ROOT = Path(__file__).resolve().parents[1]
"""Holds `renderers`, `sim` and `scenarios`, in a checkout as in an installed package."""
_IMPORT = re.compile(r"^\s*from\s+(\.+)([\w.]*)\s+import\s+(\([^)]*\)|[^\n]*)", re.MULTILINE)


@cache
def imported(file: Path) -> frozenset[Path]:
    """The files of this package that a module's file imports with `from .`, at any remove, and itself."""
    found, left = {file}, [file]
    while left:
        for other in _imports(left.pop()) - found:
            found.add(other)
            left.append(other)
    return frozenset(found)


@cache
def _imports(file: Path) -> frozenset[Path]:
    """The files that one file imports."""
    out: set[Path] = set()
    for dots, module, names in _IMPORT.findall(file.read_text(encoding="utf-8")):
        home = file.parents[len(dots) - 1].joinpath(*filter(None, module.split(".")))
        candidates = [home.with_suffix(".py"), home / "__init__.py"]
        candidates += [home / f"{name}.py" for name in re.findall(r"\w+", names)]
        out.update(path for path in candidates if path.is_relative_to(_ROOT) and path.is_file())
    return frozenset(out)


@cache
def stamp(file: Path) -> str:
    """Digest of a file and of all that it imports from this package."""
    digest = hashlib.sha256()
    for path in sorted(imported(file)):
        digest.update(_digest(path))
    return digest.hexdigest()


@cache
def _digest(file: Path) -> bytes:
    """Digest of one file, with its name."""
    return hashlib.sha256(file.name.encode() + b"\0" + file.read_bytes()).digest()


class _Stamped:
    """Makes a locator of numba's tell freshness by `stamp`."""

    _py_file: str

    def get_source_stamp(self) -> str:
        return stamp(Path(self._py_file).resolve())


class _UserProvided(_Stamped, caching.UserProvidedCacheLocator):  # type: ignore[misc]
    """In the folder of NUMBA_CACHE_DIR."""


class _InTree(_Stamped, caching.InTreeCacheLocator):  # type: ignore[misc]
    """Beside the source."""


class _UserWide(_Stamped, caching.UserWideCacheLocator):  # type: ignore[misc]
    """In the user's cache folder, where the source cannot be written."""


class _Files(caching.CompileResultCacheImpl):  # type: ignore[misc]
    """Finds the folder of a kernel's files."""

    _locator_classes = [_UserProvided, _InTree, _UserWide]  # type: ignore[misc]  # noqa: RUF012


class _Cache(caching.FunctionCache):  # type: ignore[misc]
    """The compiled forms of one kernel."""

    _impl_class = _Files


def compiled(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Decorator, plain or with options of numba's `njit`: compiled, cached, and free of the interpreter's lock."""

    def decorate(function: Callable[..., Any]) -> Any:
        dispatcher = njit(**{"nogil": True, **options})(function)
        dispatcher._cache = _Cache(function)  # type: ignore[no-untyped-call]  # what njit(cache=True) does with the plain one
        return dispatcher

    return decorate if function is None else decorate(function)


_HOT: dict[str, Any] = {"error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}

kernel = compiled(**_HOT)
"""Decorator of functions that are called."""


def inlined(function: Callable[..., Any]) -> Any:
    """Decorator of functions that become part of their caller; only kernels may call them."""

    def refuse(*_: object, **__: object) -> None:
        raise TypeError(f"{function.__qualname__} is inlined: it can be called by kernels, not from Python")

    dispatcher = compiled(forceinline=True, no_cpython_wrapper=True, **_HOT)(function)
    dispatcher._compile_for_args = refuse  # else such a call would jump to an entry that is not there
    return dispatcher
