"""The runbook for leaked credentials."""

import re
import time
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_person
from tests.support.runbook import Runbook

_ROLE = "arn:aws:iam::111111111111:role/terrarium-dev-scientist"


def _reads(session: Session) -> bool:
    try:
        session.client("s3").list_objects_v2(
            Bucket="terrarium-dev-artifacts-111111111111", Prefix="artifacts/"
        )
    except ClientError as error:
        if "explicit deny" not in str(error):
            raise
        return False
    return True


@pytest.mark.slow  # deploys twice, and verifies every path
@pytest.mark.usefixtures("iam_enforced")
def test_older_sessions_are_refused_also_after_the_next_deployment(
    dev: Deployment, operator: LocalSandbox, runbook: Runbook
) -> None:
    """The session that leaked is denied everything; a new one works. The audit names the calls of the first."""
    leaked = as_person(dev.sandbox, dev.name, _ROLE, name="mallory")
    assert _reads(leaked)
    leaked.client("sts").get_caller_identity()
    time.sleep(1)  # of which AWS, too, ignores the fractions
    values = {
        "environment": dev.name,
        "role": "scientist",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "access-key": leaked.access_key_id,
    }
    block = re.search(r"```toml\n(.*?)```", runbook.page.read_text(), re.DOTALL)
    assert block
    assert operator.environments
    with (operator.environments / "dev.toml").open("a") as file:
        file.write(
            re.sub("<([a-z]+)>", lambda found: values[found[1]], re.sub("^ +", "", block[1], flags=re.M))
        )

    printed = runbook.follow(operator.environment(dev.name), checkout=operator.checkout, values=values)

    assert "GetCallerIdentity mallory" in " ".join(printed.split())
    assert not _reads(leaked)
    assert not dev.sandbox.client("iam", dev.name).list_role_policies(RoleName="terrarium-dev-scientist")[
        "PolicyNames"
    ], "the field replaces the policy that was put by hand"
    assert _reads(as_person(dev.sandbox, dev.name, _ROLE))
    dev.deploy()  # without the field
    assert _reads(leaked)
