"""Where plans come from: files that are named, and what `cdktf diff` leaves."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from terrarium.errors import InvalidRequestError

__all__ = ["UnreadablePlanError", "found_plans", "read_plan"]


class UnreadablePlanError(InvalidRequestError):
    """A file is no plan, or Terraform cannot read it."""


def found_plans(checkout: Path) -> Iterator[tuple[str, Path]]:
    """The plans in the checkout's `cdktf.out`, by environment."""
    for file in sorted(checkout.glob("cdktf.out/stacks/*/plan")):
        yield file.parent.name, file


def read_plan(file: Path) -> dict[str, Any]:
    """Read a plan, as Terraform saves it (`plan -out`) or as it shows it (`show -json`).

    A saved one takes the folder that it was made in: Terraform reads it with the providers there.

    Raises:
        UnreadablePlanError: It is neither, or Terraform cannot read it.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnreadablePlanError(
            f"no plan can be read: {error}", remedy="name a file that is there"
        ) from error
    if not content.lstrip().startswith(b"{"):
        content = _shown(file)
    try:
        plan: dict[str, Any] = json.loads(content)
        plan["planned_values"]["root_module"], plan["configuration"]["root_module"]
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadablePlanError(
            f"{file} is not what `terraform show -json` says of a plan",
            remedy="make it by `terrarium plan <environment> --save <file>`",
        ) from error
    return plan


def _shown(file: Path) -> bytes:
    done = subprocess.run(
        ["terraform", f"-chdir={file.parent}", "show", "-json", file.name], check=False, capture_output=True
    )
    if done.returncode:
        raise UnreadablePlanError(
            f"Terraform cannot read {file}: {done.stderr.decode(errors='replace').strip()[:500]}",
            remedy="plan anew, in the same folder: `cdktf diff <environment>`",
        )
    return done.stdout
