"""Fixtures: the page that a test file follows, and a checkout that its commands may edit."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployment import Deployment
from tests.support.edited_checkout import edited_checkout
from tests.support.local_sandbox import LocalSandbox
from tests.support.runbook import Runbook

_PAGES = Path(__file__).parents[3] / "docs" / "runbooks"


@pytest.fixture
def runbook(request: pytest.FixtureRequest) -> Runbook:
    """The page that the test file is named for: `test_cancel_key_deletion.py` follows `cancel-key-deletion.md`."""
    if shutil.which("aws") is None:
        pytest.fail("runbooks use the AWS command line: install it, so that `aws` is in PATH")
    name = request.path.stem.removeprefix("test_").replace("_", "-")
    return Runbook(_PAGES / f"{name}.md")


@pytest.fixture
def operator(dev: Deployment, tmp_path: Path) -> LocalSandbox:
    """The sandbox of `dev`, seen from a checkout of its own: commands may edit its files and write `cdktf.out`."""
    return edited_checkout(dev.sandbox, tmp_path / "checkout", lambda _, text: text)


@pytest.fixture
def iam_enforced(dev: Deployment) -> Iterator[None]:
    """IAM is enforced in the sandbox of `dev`, also for the use of keys by services."""
    dev.sandbox.command("enforce-iam")
    yield
    dev.sandbox.command("enforce-iam", "--off")
