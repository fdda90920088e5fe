"""Terraform plan of one environment, from its synthesized stack."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from environments import load_environment
from environments.tiers import Tier
from operations.account import session_in
from operations.plan.provider_cache import provider_cache
from policies.plan.planned_stack import PlannedStack, planned_stack
from policies.plan.terraform_binary import terraform_binary
from policies.stack import Stack, read_stack
from terrarium.checkout import find_checkout
from terrarium.errors import Error

__all__ = ["Plan", "plan_environment"]


class Plan(NamedTuple):
    """A plan.

    Args:
        document: The output of `terraform show -json`.
        paths: The construct path of each address.
        stack: The stack, with its planned values.
    """

    document: dict[str, Any]
    paths: dict[str, str]
    stack: PlannedStack


def plan_environment(name: str, *, synthesized: Path | None = None) -> Plan:
    """Compare the stack of an environment with its account. Changes nothing, and takes no lock.

    Args:
        name: The environment.
        synthesized: A folder with the synthesized stacks; the plan is written to the stack's folder as `plan`.
            Default: the stacks are synthesized in a temporary folder.

    Raises:
        terrarium.errors.Error: The credentials are of another account, or Terraform failed.
    """
    config = load_environment(name)
    session_in(config)
    terraform = terraform_binary()
    if synthesized is not None:
        return _plan(terraform, synthesized.absolute() / "stacks" / name, config.tier)
    with TemporaryDirectory(prefix="terrarium-plan-") as folder:
        _run([sys.executable, "-m", "stacks"], {"CDKTF_OUTDIR": folder})
        return _plan(terraform, Path(folder) / "stacks" / name, config.tier)


def _plan(binary: str, stack: Path, tier: Tier) -> Plan:
    file = stack / "cdk.tf.json"
    if not file.is_file():
        raise Error(
            f"there is no synthesized stack {file}",
            remedy="synthesize it: CDKTF_OUTDIR=<folder> python -m stacks; or leave out --synthesized",
        )
    terraform = [binary, f"-chdir={stack}"]
    with provider_cache() as variables:
        _run([*terraform, "init", "-input=false", "-no-color"], variables)
    _run([*terraform, "plan", "-input=false", "-no-color", "-lock=false", "-out=plan"])
    document = json.loads(_run([*terraform, "show", "-json", "plan"]))
    read = read_stack(file, tier=tier)
    return Plan(document, _paths(read), planned_stack(read, document))


def _run(command: list[str], variables: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=find_checkout(),
        env={**os.environ, **(variables or {})},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Error(
            f"{Path(command[0]).name} failed:\n{done.stderr or done.stdout}",
            remedy="fix the error above; if the state bucket is missing, create it: terrarium bootstrap <environment>",
        )
    return done.stdout


def _paths(stack: Stack) -> dict[str, str]:
    return {element.address: element.path for element in stack.elements}
