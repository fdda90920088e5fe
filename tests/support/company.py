"""A company's package beside the files of its environments."""

import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment
from terrarium.checkout import ENVIRONMENTS

__all__ = ["Company"]

_numbers = count()
_IMPORTS = """
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter, CloudwatchLogMetricFilterMetricTransformation,
)
from modules.extensions import *
"""


class Company:
    """A folder with `environments/` and packages. Each module has a name of its own, since imports are kept.

    Args:
        folder: An empty folder.
        monkeypatch: It undoes the changes of the process at the end of the test.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        (folder / "environments").mkdir()
        self.base = load_environment("dev")
        monkeypatch.setenv(ENVIRONMENTS, str(folder / "environments"))
        monkeypatch.setattr(sys, "path", list(sys.path))

    def module(self, source: str) -> str:
        """Write a module, and return its name."""
        name = f"company_{next(_numbers)}"
        (self.folder / f"{name}.py").write_text(_IMPORTS + source)
        return name

    def environment(self, *constructs: str, **config: Any) -> Environment:
        """Return `dev` with extensions of these constructs, named `own` and `other`, which have the same `config`."""
        entries = [
            {"name": name, "construct": construct, "config": config}
            for name, construct in zip(("own", "other"), constructs, strict=False)
        ]
        return Environment.model_validate(self.base.model_dump(mode="json") | {"extensions": entries})
