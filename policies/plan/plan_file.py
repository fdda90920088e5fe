"""Files of plans: reading them, and finding those that `cdktf diff` left."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policies.plan.terraform_binary import terraform_binary
from terrarium.errors import InvalidRequestError

__all__ = ["UnreadablePlanError", "found_plans", "read_plan"]


class UnreadablePlanError(InvalidRequestError):
    """A file is not a plan, or Terraform cannot read it."""


def found_plans(checkout: Path) -> Iterator[tuple[str, Path]]:
    """Yield environments and their plans in the folder `cdktf.out` of a checkout."""
    for file in sorted(checkout.glob("cdktf.out/stacks/*/plan")):
        yield file.parent.name, file


def read_plan(file: Path) -> dict[str, Any]:
    """Read a plan: a file of `terraform plan -out`, or the output of `terraform show -json`.

    A file of `plan -out` must be in the folder that it was made in: Terraform reads it with the providers there.

    Raises:
        UnreadablePlanError: The file is neither, or Terraform cannot read it.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnreadablePlanError(
            f"the plan cannot be read: {error}", remedy="pass the path of a plan: --plan ENVIRONMENT FILE"
        ) from error
    if not content.lstrip().startswith(b"{"):
        content = _shown(file)
    try:
        plan: dict[str, Any] = json.loads(content)
        plan["planned_values"]["root_module"], plan["configuration"]["root_module"]
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadablePlanError(
            f"{file} is not a plan in the format of `terraform show -json`",
            remedy="create it with `terrarium plan <environment> --save <file>`",
        ) from error
    return plan


def _shown(file: Path) -> bytes:
    done = subprocess.run(
        [terraform_binary(), f"-chdir={file.parent}", "show", "-json", file.name],
        check=False,
        capture_output=True,
    )
    if done.returncode:
        raise UnreadablePlanError(
            f"Terraform cannot read {file}: {done.stderr.decode(errors='replace').strip()[:500]}",
            remedy="plan again, in the same folder: `cdktf diff <environment>`",
        )
    return done.stdout
