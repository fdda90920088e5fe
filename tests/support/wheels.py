"""Wheels of one module, which install without a package index."""

import zipfile
from pathlib import Path
from typing import Final

__all__ = ["OFFLINE", "write_wheel"]

# For uv and pip: nothing but the folder that *_FIND_LINKS names, and nothing from before.
OFFLINE: Final = {"PIP_NO_INDEX": "1", "UV_NO_INDEX": "1", "PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1"}


def write_wheel(folder: Path, *, name: str, version: str, source: str) -> None:
    """Write a wheel whose only module has that source and the package's name."""
    module = name.replace("-", "_")
    information = f"{module}-{version}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{module}.py", source)
        wheel.writestr(
            f"{information}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{information}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(
            f"{information}/RECORD", f"{module}.py,,\n{information}/METADATA,,\n{information}/WHEEL,,\n"
        )
