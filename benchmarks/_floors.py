"""The floors that the matcher is compared with, compiled when they are asked for."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["floors"]


def floors(column: Any) -> dict[str, Callable[[], object]]:  # noqa: ANN401 - pyarrow has no types
    """Return name and call of each floor for an Arrow column of strings; none where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "floors.so")
        source = Path(__file__).with_name("_floors.c")
        subprocess.run([compiler, "-O3", "-shared", "-fPIC", source, "-o", library], check=True)
        loaded = ctypes.CDLL(str(library))
    _, offsets, data = (ctypes.c_void_p(buffer.address if buffer else 0) for buffer in column.buffers())

    def floor(function: Callable[..., object]) -> Callable[[], object]:
        return lambda: function(data, offsets, ctypes.c_size_t(len(column)))  # the column keeps its buffers

    return {"floor: a hash, byte by byte": floor(loaded.floor_hash), "floor: every byte read": floor(loaded.floor_read)}
