"""Every change that can be made by hand: drift names it with a remedy, and the remedy removes it."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.changes_by_hand import ADDED, CHANGED, Account, ByHand
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox

pytestmark = pytest.mark.slow

_CHECKOUT = Path(__file__).parents[3]


class Found(NamedTuple):
    """Output of drift after all changes, and after their remedies."""

    changed: str
    since: str
    code: int
    after: str


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """Make every change in an environment of its own, then follow what drift says."""
    sandbox = LocalSandbox(home=tmp_path_factory.mktemp("sandbox"), checkout=_CHECKOUT)
    sandbox.command("up", "--port", "0")
    deployment = Deployment(sandbox, "dev", tmp_path_factory.mktemp("cdktf.out"))
    deployment.terrarium("bootstrap", "dev")
    deployment.deploy()
    account = Account(deployment)
    for one in (*CHANGED, *ADDED):
        one.make(account)
    summary = tmp_path_factory.mktemp("summary") / "drift.md"
    changed = deployment.terrarium("drift", "dev", "--summary", str(summary), check=False)
    since = deployment.terrarium("drift", "dev", "--since-deployment", check=False)
    assert changed.stdout in summary.read_text()
    deployment.deploy()
    for command in re.findall(r"    remove it: (.*)", changed.stdout):
        deployment.run(*shlex.split(command, comments=True))
    after = deployment.terrarium("drift", "dev", check=False)
    yield Found(
        changed.stdout + changed.stderr, since.stdout, changed.returncode, after.stdout + after.stderr
    )
    sandbox.command("down")
    sandbox.command("reset", "--yes")


@pytest.mark.parametrize("one", [*CHANGED, *ADDED], ids=lambda one: one.name)
def test_drift_names_the_change_with_its_remedy(found: Found, one: ByHand) -> None:
    missing = [text for text in one.named if text not in found.changed]
    assert missing == [], found.changed


@pytest.mark.parametrize("one", CHANGED, ids=lambda one: one.name)
def test_a_change_since_the_deployment_is_no_change_of_the_checkout(found: Found, one: ByHand) -> None:
    assert one.named[0] in found.since, found.since


def test_drift_exits_with_2(found: Found) -> None:
    assert found.code == 2


def test_a_deployment_and_the_printed_commands_remove_every_change(found: Found) -> None:
    assert found.after == "dev: all resources match the stack\n"
