"""Terraform with the real AWS provider, without cdktf's command line."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["Terraform", "requests_in"]

_ENTRY = re.compile(r"^(?=\d{4}-\d{2}-\d{2}T)", re.MULTILINE)
_OPERATION = re.compile(r"\brpc\.method=(\w+)")


def requests_in(log: str) -> list[str]:
    """Return the operations that the provider requested, in order, from its log.

    The fields of an entry come in any order, and one with a body has many lines.
    """
    sent = (entry for entry in _ENTRY.split(log) if "HTTP Request Sent" in entry)
    return [operation[1] for entry in sent if (operation := _OPERATION.search(entry))]


class Terraform:
    """Terraform in a folder, with the variables of an account.

    Args:
        folder: Where its configuration and state are.
        variables: The shell's environment variables for the account.
        log: Whether the provider's log, with every request, is what it writes to stderr.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str], *, log: bool = False) -> None:
        self._folder = folder
        self._environment = {**os.environ, **variables, **({"TF_LOG": "debug"} if log else {})}

    def write(self, configuration: Mapping[str, Any]) -> None:
        """Make that the folder's configuration."""
        (self._folder / "main.tf.json").write_text(json.dumps(configuration))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `terraform <arguments>`."""
        return subprocess.run(
            [os.environ.get("TERRAFORM_BINARY_NAME", "terraform"), *arguments, "-input=false", "-no-color"],
            cwd=self._folder,
            env=self._environment,
            check=False,
            capture_output=True,
            text=True,
        )

    def succeed(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `terraform <arguments>`, which must succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"{done.stdout[-4000:]}{done.stderr[-4000:]}"
        return done

    def planned(self, file: str) -> dict[str, Any]:
        """Return the plan in a file of `terraform plan -out=<file>`."""
        shown = subprocess.run(
            ["terraform", "show", "-json", file],
            cwd=self._folder,
            env=self._environment,
            check=True,
            capture_output=True,
            text=True,
        )
        document: dict[str, Any] = json.loads(shown.stdout)
        return document
