"""CI's roles may do what CloudFormation's handlers do for each resource of the stacks."""

import copy
import json

import pytest

from policies.aws.arns import ARN_FORMATS
from policies.aws.cloudformation import CLOUDFORMATION_TYPES, handler_actions
from policies.aws.handler_exceptions import EXCEPTIONS, exception_for
from policies.aws.handler_permissions import HANDLERS, POLICIES, lacking
from policies.aws.role_grants import role_grants
from policies.aws.service_authorization import actions_matching
from policies.stack import Stack
from tests.policies.aws.statement_stack import role_with

(HANDLER_PERMISSION,) = POLICIES


# CloudFormation has no handler to read these: it reads the queue and the topic.
UNREAD = {("aws_sns_topic_policy", "read"), ("aws_sqs_queue_policy", "read")}


def without(stack: Stack, *sids: str) -> Stack:
    """The stack without statements whose id ends so."""
    document = copy.deepcopy(dict(stack.document))
    removed = 0
    for policy in document["resource"]["aws_iam_policy"].values():
        stated = json.loads(policy["policy"])
        kept = [one for one in stated["Statement"] if not one["Sid"].endswith(sids)]
        removed += len(stated["Statement"]) - len(kept)
        policy["policy"] = json.dumps(stated | {"Statement": kept})
    assert removed
    return Stack(name=stack.name, tier=stack.tier, document=document)


def with_notebook(stack: Stack) -> Stack:
    document = copy.deepcopy(dict(stack.document))
    path = {"metadata": {"path": "dev/workbench/notebook-ada"}}
    notebook = {"//": path, "name": f"terrarium-{stack.name}-ada"}
    document["resource"]["aws_sagemaker_notebook_instance"] = {"ada": notebook}
    return Stack(name=stack.name, tier=stack.tier, document=document)


def problems(stack: Stack) -> list[str]:
    return [violation.problem for violation in HANDLER_PERMISSION.violations(stack)]


def test_ci_may_do_everything_in_every_environment(stacks: dict[str, Stack]) -> None:
    assert {name: problems(with_notebook(stack)) for name, stack in stacks.items()} == {
        name: [] for name in stacks
    }


@pytest.mark.parametrize(
    ("statements", "role", "missing", "handler"),
    [
        (
            ("DecryptThroughStates",),
            "ci-plan",
            "kms:Decrypt",
            "read handler of AWS::StepFunctions::StateMachine",
        ),
        (("RetireGrants",), "ci-deploy", "kms:RetireGrant", "delete handler of AWS::ECR::Repository"),
        (("KeysThroughServices",), "ci-deploy", "kms:Encrypt", "create handler of AWS::DynamoDB::Table"),
        (
            ("Provider",),
            "ci-deploy",
            "iam:TagOpenIDConnectProvider",
            "create handler of AWS::IAM::OIDCProvider",
        ),
        (
            ("NetworkInterfaces",),
            "ci-deploy",
            "ec2:CreateNetworkInterfacePermission",
            "create handler of AWS::SageMaker::NotebookInstance",
        ),
    ],
)
def test_finds_permissions_that_the_ci_roles_once_lacked(
    stacks: dict[str, Stack], statements: tuple[str, ...], role: str, missing: str, handler: str
) -> None:
    """Each of these statements was missing: AWS denied CI's roles what Terraform asked for."""
    found = problems(without(with_notebook(stacks["dev"]), *statements))
    assert any(
        problem.startswith(f"{role} lacks ") and missing in problem and problem.endswith(f"{handler} needs")
        for problem in found
    ), found


def test_a_grant_on_other_resources_does_not_count() -> None:
    def found(resource: str) -> list[str]:
        statement = {"Action": "sqs:*", "Resource": f"arn:aws:sqs:eu-central-1:111111111111:{resource}"}
        return problems(
            role_with(statement, name="terrarium-dev-ci-plan", aws_sqs_queue={"name": "terrarium-dev-x"})
        )

    assert not any("AWS::SQS::Queue" in problem for problem in found("terrarium-dev-*"))
    assert any("sqs:GetQueueAttributes" in problem for problem in found("terrarium-test-*"))


def test_finds_an_unknown_resource_type() -> None:
    stack = role_with({"Action": "s3:*"}, name="terrarium-dev-ci-plan", aws_kinesis_stream={"name": "x"})
    assert "the permissions that ci-plan needs for aws_kinesis_stream are unknown" in problems(stack)


def test_every_known_type_has_handlers_with_actions() -> None:
    for kind in CLOUDFORMATION_TYPES:
        for handler in ("read", "create", "update", "delete"):
            actions = handler_actions(kind, handler)
            assert actions or handler == "update" or (kind, handler) in UNREAD, (kind, handler)
    assert set(ARN_FORMATS) <= set(CLOUDFORMATION_TYPES)


def test_every_exception_names_an_action_and_excuses_something(stacks: dict[str, Stack]) -> None:
    excused: set[str] = set()
    for stack in (with_notebook(stacks["dev"]), stacks["prod"]):
        for granted in role_grants(stack):
            name = granted.role.attributes["name"]
            for handlers in (found for suffix, found in HANDLERS.items() if name.endswith(suffix)):
                for resource in stack.resources(*CLOUDFORMATION_TYPES):
                    for handler in handlers:
                        for action in lacking(granted, resource, handler, stack):
                            assert exception_for(action.name, resource.kind)
                            excused |= {action.name, f"{action.name}@{resource.kind}"}
    stated = {one for actions in EXCEPTIONS.values() for one in actions.split()}
    assert stated - excused == set()
    assert [one for one in stated if not actions_matching(one.partition("@")[0])] == []
