"""All environments in one sandbox: repeatable and protected deployments, and complete destruction."""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from terrarium_sandbox.home import Home
from terrarium_sandbox.process.running import RunningSandbox
from terrarium_sandbox.status import Status
from tests.support.deployment import Deployment
from tests.support.edited_checkout import edited_checkout
from tests.support.local_sandbox import LocalSandbox

PROTECTED = ("prod", "staging")


def without_protection(name: str, text: str) -> str:
    """Return a configuration without protection, as docs/guides/deploy.md describes before a destruction."""
    sections = ("artifacts", "audit", "compute", "encryption", "features", "metadata", "registry")
    for section in sections if name in PROTECTED else ():
        header = f"[{section}]"
        if header not in text:
            text += f"\n{header}\n"
        text = text.replace(header, f"{header}\nprotected = false")
        if section == "audit":
            text = text.replace(header, f'{header}\nlock_mode = "governance"')
    return text


def test_planning_again_changes_nothing_anywhere(everywhere: Mapping[str, Deployment]) -> None:
    def plan(deployment: Deployment) -> tuple[int, str]:
        arguments = ("plan", "-detailed-exitcode", "-input=false", "-no-color")
        done = deployment.terraform(*arguments, check=False)
        return done.returncode, done.stdout

    with ThreadPoolExecutor() as pool:
        plans = dict(zip(everywhere, pool.map(plan, everywhere.values()), strict=True))
    assert {name: plan for name, plan in plans.items() if plan[0] != 0} == {}


def test_protected_environments_refuse_to_be_destroyed(everywhere: Mapping[str, Deployment]) -> None:
    def destroy(name: str) -> tuple[int, str]:
        refused = everywhere[name].cdktf("destroy", "--auto-approve", check=False)
        return refused.returncode, re.sub(r"\s+", " ", refused.stdout + refused.stderr)

    with ThreadPoolExecutor() as pool:
        for code, output in pool.map(destroy, PROTECTED):
            assert code != 0
            assert "Instance cannot be destroyed" in output
            assert "lifecycle.prevent_destroy set" in output


@pytest.mark.destroys
def test_with_its_protection_lifted_every_environment_goes_and_leaves_its_state_and_last_snapshot(
    everywhere: Mapping[str, Deployment], everywhere_sandbox: LocalSandbox, tmp_path: Path
) -> None:
    edited = edited_checkout(everywhere_sandbox, tmp_path / "checkout", without_protection)

    def take_down(name: str) -> None:
        deployment = Deployment(edited, name, tmp_path / f"out-{name}")
        if name in PROTECTED:
            deployment.deploy()
        deployment.cdktf("destroy", "--auto-approve")

    with ThreadPoolExecutor() as pool:
        list(pool.map(take_down, everywhere))

    running = RunningSandbox.find(Home(everywhere_sandbox.home))
    assert running is not None
    status = Status.model_validate(running.ask("GET", "status"))
    assert status.failures == []
    assert status.databases == []
    left = {"s3": {"Bucket": 1}}
    with_snapshot = {
        **left,
        "rds": {"DBClusterSnapshot": 1},
    }
    # CloudWatch has no action that deletes metric data.
    remaining = {
        account.account: {
            service: kinds
            for service, kinds in account.resources.items()
            if (service, set(kinds)) != ("cloudwatch", {"MetricDatum"})
        }
        for account in status.accounts
    }
    assert remaining == {
        "1" * 12: left,
        "2" * 12: left,
        "3" * 12: with_snapshot,
        "4" * 12: with_snapshot,
    }
