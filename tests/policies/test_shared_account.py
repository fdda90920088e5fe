"""Environments that share an account: no role of one may change or read a resource of the other."""

from collections.abc import Iterator

import pytest

from environments import Environment, load_environment
from modules.delivery.plan_statements import DESCRIBING
from policies.aws.arns import arn_of
from policies.aws.service_authorization import actions_matching, glob
from policies.escalation.inventory import Inventory
from policies.escalation.permissions import Principal
from policies.stack import Stack, read_stack
from policies.statements import listed
from stacks.app import synthesize

# The names of environments begin with each other; those of their resources do not: environments/shared_accounts.py.
_NAMES = ("prod", "prod-eu", "audit")
_OF_RESOURCES = {"prod-eu": {"resource_name": "prodeu"}, "audit": {"name_prefix": "acme-prod"}}


def describes(action: str) -> bool:
    return any(glob(pattern, ignore_case=True)(action) for pattern in DESCRIBING)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """The stacks of two environments in one account."""
    outdir = tmp_path_factory.mktemp("shared")
    document = load_environment("dev").model_dump(mode="json")
    environments = []
    for name in _NAMES:
        document["name"] = name
        environments.append(Environment.model_validate({**document, **_OF_RESOURCES.get(name, {})}))
        document["access"]["github_oidc_provider"] = "existing"
    synthesize(environments, outdir=outdir)
    files = sorted((outdir / "stacks").glob("*/cdk.tf.json"))
    return {stack.name: stack for stack in (read_stack(file, tier="disposable") for file in files)}


def targets(stack: Stack) -> set[str]:
    """Return ARNs of the resources of a stack, and of objects in its buckets."""
    named = {arn for resource in stack.by_id.values() if (arn := arn_of(resource, stack))}
    objects = {f"{arn}/object" for arn in named if arn.startswith("arn:aws:s3:::")}
    place = f"{stack.provider['region']}:111111111111"
    # AWS names these: roles reach them by the tag `environment`.
    tagged = {
        f"arn:aws:{kind}-0"
        for kind in (
            f"batch:{place}:job/0",
            f"kms:{place}:key/0",
            f"ec2:{place}:vpc/vpc",
            f"ec2:{place}:security-group/sg",
        )
    }
    return named | objects | tagged


def reached(principal: Principal, stack: Stack) -> Iterator[tuple[str, str, str]]:
    """Yield the actions of a role that a resource of the stack may get, with the tag of that stack's environment."""
    # The resources exist: no request creates them.
    context = {"aws:resourcetag/environment": stack.name, "ec2:createaction": None}
    patterns = {one for statement in principal.policies.statements for one in listed(statement["Action"])}
    actions = {action for pattern in patterns for action in actions_matching(pattern)}
    for action in actions:
        if not any(kind.name for kind in action.resource_types) or describes(action.name):
            continue  # IAM takes no resource for it, or it describes the account
        # A request that creates a resource has a tag. One that changes a tag may have the role's own.
        request = {} if action.name == "ec2:CreateTags" else {"aws:requesttag/environment": None}
        for target in targets(stack):
            if action.name == "batch:SubmitJob" and ":job/" in target:
                continue  # a new job; its queue and definition are targets, too
            if target.split(":")[2] == action.service and principal.can(
                action.name, target, {**context, **request}
            ):
                yield principal.name, action.name, target


@pytest.mark.parametrize("name", _NAMES)
def test_no_role_reaches_resources_of_another_environment(shared: dict[str, Stack], name: str) -> None:
    others = [stack for stack in shared.values() if stack.name != name]
    roles = Inventory(shared[name]).roles.values()
    assert {"ci-deploy", "ci-plan", "job", "scientist"} <= {role.name for role in roles}
    assert [found for other in others for role in roles for found in reached(role.principal, other)] == []


def test_a_role_reaches_resources_of_its_own_environment(shared: dict[str, Stack]) -> None:
    """The simulation finds what it looks for."""
    stack = shared["prod"]
    (deploy,) = (role for role in Inventory(stack).roles.values() if role.name == "ci-deploy")
    kinds = {target.split(":")[2] for _, _, target in reached(deploy.principal, stack)}
    assert {"athena", "batch", "dynamodb", "ecr", "events", "iam", "rds", "s3", "sns", "states"} <= kinds
