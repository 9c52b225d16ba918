"""The Embree 4 shared library: found, checked and bound by ctypes. Only what the tracer needs.

Looked for in `CORNERCASE_EMBREE` (a path), then on the system, then inside the `embreex` wheel. The C interface is
stable within major version 4.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import glob
import importlib.util
import os
from ctypes import c_char_p, c_int, c_size_t, c_ssize_t, c_uint, c_void_p
from functools import cache

TRIANGLES, INSTANCE = 0, 121
INDEX_BUFFER, VERTEX_BUFFER = 0, 1
FORMAT_UINT3, FORMAT_FLOAT3, FORMAT_FLOAT3X4_COLUMNS = 0x5003, 0x9003, 0x9234
MOST_TIME_STEPS = 129
QUALITY_MEDIUM = 1
SCENE_DYNAMIC = 1

_SIGNATURES: tuple[tuple[str, object, list[object]], ...] = (
    ("rtcNewDevice", c_void_p, [c_char_p]),
    ("rtcReleaseDevice", None, [c_void_p]),
    ("rtcGetDeviceProperty", c_ssize_t, [c_void_p, c_int]),
    ("rtcGetDeviceError", c_int, [c_void_p]),
    ("rtcNewScene", c_void_p, [c_void_p]),
    ("rtcReleaseScene", None, [c_void_p]),
    ("rtcSetSceneFlags", None, [c_void_p, c_int]),
    ("rtcSetSceneBuildQuality", None, [c_void_p, c_int]),
    ("rtcCommitScene", None, [c_void_p]),
    ("rtcNewGeometry", c_void_p, [c_void_p, c_int]),
    ("rtcReleaseGeometry", None, [c_void_p]),
    ("rtcCommitGeometry", None, [c_void_p]),
    ("rtcSetNewGeometryBuffer", c_void_p, [c_void_p, c_int, c_uint, c_int, c_size_t, c_size_t]),
    ("rtcAttachGeometry", c_uint, [c_void_p, c_void_p]),
    ("rtcAttachGeometryByID", None, [c_void_p, c_void_p, c_uint]),
    ("rtcSetGeometryInstancedScene", None, [c_void_p, c_void_p]),
    ("rtcSetGeometryTimeStepCount", None, [c_void_p, c_uint]),
    ("rtcSetGeometryTransform", None, [c_void_p, c_uint, c_int, c_void_p]),
    ("rtcIntersect1", None, [c_void_p, c_void_p, c_void_p]),
    ("rtcOccluded1", None, [c_void_p, c_void_p, c_void_p]),
    ("rtcIntersect8", None, [c_void_p, c_void_p, c_void_p, c_void_p]),
    ("rtcOccluded8", None, [c_void_p, c_void_p, c_void_p, c_void_p]),
)


class EmbreeError(RuntimeError):
    """Embree is missing, too old, or reported an error."""


def _candidates() -> list[str]:
    """Paths and names to try, best first."""
    override = os.environ.get("CORNERCASE_EMBREE")
    if override:
        return [override]
    found = [name for name in (ctypes.util.find_library("embree4"),) if name]
    spec = importlib.util.find_spec("embreex")
    if spec is not None and spec.origin is not None:
        root = os.path.dirname(os.path.dirname(spec.origin))
        # the wheel's loader resolves the library's own dependencies first
        import embreex.rtcore_scene  # noqa: F401, PLC0415

        found += sorted(glob.glob(os.path.join(root, "embreex.libs", "libembree4*")))
        found += sorted(glob.glob(os.path.join(root, "embreex", "*embree4*")))
    return found


@cache
def library() -> ctypes.CDLL:
    """The bound library.

    Raises:
        EmbreeError: no library was found, or it is not version 4.
    """
    tried: list[str] = []
    for path in _candidates():
        try:
            lib = ctypes.CDLL(path)
        except OSError as error:
            tried.append(f"{path} ({error})")
            continue
        for name, result, arguments in _SIGNATURES:
            function = getattr(lib, name, None)
            if function is None:
                break
            function.restype, function.argtypes = result, arguments
        else:
            return lib
        tried.append(f"{path} (not Embree 4)")
    raise EmbreeError(
        "no Embree 4 library found; install the wheel that carries it with `pip install embreex`, or point "
        f"CORNERCASE_EMBREE at libembree4. Tried: {'; '.join(tried) or 'nothing'}"
    )


def address(name: str) -> int:
    """Entry address of a library function, for calls from compiled kernels."""
    value = ctypes.cast(getattr(library(), name), c_void_p).value
    if value is None:
        raise EmbreeError(f"{name} has no address")
    return value


@cache
def device() -> int:
    """The process-wide device: one build thread, so that builds repeat bit for bit."""
    lib = library()
    handle = lib.rtcNewDevice(b"threads=1")
    if not handle:
        raise EmbreeError(f"Embree refused a device (error {lib.rtcGetDeviceError(None)})")
    version = lib.rtcGetDeviceProperty(handle, 0)
    if not 40000 <= version < 50000:
        raise EmbreeError(f"Embree {version // 10000}.{version // 100 % 100} found, version 4 is needed")
    return int(handle)
