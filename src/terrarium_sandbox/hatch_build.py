"""Requirements of the distribution terrarium-sandbox, as hatchling reads them."""

import tomllib
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

__all__ = ["Requirements"]


class Requirements(MetadataHookInterface):
    """Requires the SDK of the same version, because the sandbox uses its errors and files."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the requirements."""
        project = tomllib.loads((Path(self.root) / "pyproject.toml").read_text(encoding="utf-8"))
        requirements = project["dependency-groups"]["runtime"]
        public = metadata["version"].partition("+")[
            0
        ]  # releases in buckets have local versions, which this allows
        metadata["dependencies"] = [*requirements, f"terrarium-ml=={public}"]
