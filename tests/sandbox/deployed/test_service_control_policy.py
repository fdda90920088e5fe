"""A deployment under the example of a service control policy, as the boundary of the administrator's role."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments import load_environments
from operations.calls_page import example_scp
from policies.stack import read_stack
from tests.stacks.synthesized import synthesize
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_person, refused

pytestmark = pytest.mark.slow  # a deployment

_CHECKOUT = Path(__file__).parents[3]
_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """An administrator whose permissions the policy limits, with IAM enforced."""
    folder = tmp_path_factory.mktemp("stacks")
    synthesize(load_environments(), folder)
    stacks = [read_stack(file, tier="disposable") for file in sorted(folder.glob("stacks/*/cdk.tf.json"))]
    document = example_scp(stacks, region="eu-central-1")
    sandbox = LocalSandbox(home=tmp_path_factory.mktemp("sandbox"), checkout=_CHECKOUT)
    sandbox.command("up", "--port", "0")
    iam = sandbox.client("iam", "dev")
    # A service control policy is a limit, as a boundary is: the policy FullAWSAccess beside it allows the rest.
    boundary = iam.create_policy(
        PolicyName="service-control-policy",
        PolicyDocument=json.dumps({**document, "Statement": [_EVERYTHING, *document["Statement"]]}),
    )["Policy"]["Arn"]
    trust = {**_EVERYTHING, "Action": "sts:AssumeRole", "Principal": {"AWS": "111111111111"}}
    del trust["Resource"]
    role = iam.create_role(
        RoleName="administrator",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        PermissionsBoundary=boundary,
    )["Role"]["Arn"]
    iam.put_role_policy(
        RoleName="administrator",
        PolicyName="everything",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [_EVERYTHING]}),
    )
    sandbox.command("enforce-iam")
    yield as_person(sandbox, "dev", role)
    sandbox.command("down")


def test_the_platform_is_deployed_compared_and_destroyed(limited: Session, tmp_path: Path) -> None:
    deployment = Deployment(limited.sandbox, "dev", tmp_path)
    deployment.shell.update(limited.variables, PATH=deployment.shell["PATH"])
    deployment.terrarium("bootstrap", "dev")
    deployment.deploy()
    assert "all resources match the stack" in deployment.terrarium("drift", "dev").stdout
    deployment.cdktf("destroy", "--auto-approve")


def test_other_services_are_denied(limited: Session) -> None:
    with refused("lambda:ListFunctions", because="explicit deny in a permissions boundary"):
        limited.client("lambda").list_functions()
