"""The commands of `terrarium models`."""

import pytest
from click.testing import CliRunner

import terrarium
from terrarium.cli.models import models
from terrarium.models.errors import ApprovalMissingError
from tests.support.provisioning.environment import Account
from tests.support.trained_run import committed, trained

pytest_plugins = ["tests.support.sdk_environment", "tests.support.promotion_target"]
pytestmark = pytest.mark.usefixtures("committed")
__all__ = ["committed"]

NAME = "from-the-shell"


def typed(*arguments: str) -> str:
    """Run `terrarium models <arguments>`, and return its output."""
    environ = {"TERRARIUM_ENVIRONMENT": "sdk", "COLUMNS": "160"}
    done = CliRunner().invoke(models, arguments, env=environ, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_from_submission_to_the_next_environment(
    lab: terrarium.Lab,
    account: Account,
    target: terrarium.Lab,
    next_account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = trained(lab, NAME)
    assert f"submitted: {NAME}/1" in typed("submit", run.id[:12], NAME, "--description", "first")
    assert f"{NAME}/1" in typed("list", NAME)
    assert "from nothing to version 1" in typed("alias", f"{NAME}/1", "champion", "--reason", "best")
    shown = typed("show", f"{NAME}@champion")
    for fact in (f"{NAME}/1  first", "champion", "roc_auc 0.9", "passed  record: complete"):
        assert fact in shown
    assert typed("card", f"{NAME}@champion").startswith(f"# {NAME}\n")
    assert f"run {run.id}" in typed("lineage", f"{NAME}/1")
    promotion = ("promote", f"{NAME}/1", "--to", "next")
    next_account.enter(monkeypatch)
    with pytest.raises(ApprovalMissingError, match=f"{NAME}/1 for 'next'"):
        typed(*promotion, "--here")
    account.enter(monkeypatch)
    assert "approved for next" in typed("approve", f"{NAME}/1", "--for", "next", "--reason", "seen")
    next_account.enter(monkeypatch)
    assert f"promoted: {NAME}/1 of next, from sdk" in typed(*promotion)
    assert [version.reference for version in target.models.versions(NAME)] == [f"{NAME}/1"]
    account.enter(monkeypatch)
    assert "already has a release" in typed("release", f"{NAME}/1")
    assert "from version 1 to nothing" in typed("alias", f"{NAME}/1", "champion", "--remove")
