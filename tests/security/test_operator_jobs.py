"""Nobody runs code with the role of an operator's job but the roles that are meant to, in any environment.

The command of a job can be overridden at submission (AWS Batch API, SubmitJob, `containerOverrides`): a principal that
may submit a job definition has the rights of its role.
"""

import json
from collections.abc import Iterator

import pytest

from policies.aws.arns import arn_of, with_arns
from policies.aws.service_authorization import glob
from policies.stack import Resource, Stack
from policies.statements import held_statements, listed

ENVIRONMENTS = ("dev", "prod", "staging", "test")
# Who may submit which operator's job.
SUBMITTERS = {"migration": {"ci-deploy"}, "promotion": {"ci-deploy", "release"}}
# Only who deploys hands roles to services.
PASSING = {"ci-deploy"}


def allowed(stack: Stack, action: str, arn: str) -> set[str]:
    """Return the roles with a statement that allows an action on an ARN, whatever its conditions."""
    return set(_allowed(stack, action, arn))


def _allowed(stack: Stack, action: str, arn: str) -> Iterator[str]:
    for held in held_statements(stack):
        statement = with_arns(held.statement, stack)
        if (
            statement["Effect"] == "Allow"
            and any(glob(one, ignore_case=True)(action) for one in listed(statement["Action"]))
            and any(glob(one)(arn) for one in listed(statement["Resource"]))
        ):
            yield held.role.attributes["name"].removeprefix(f"terrarium-{stack.name}-")


def operators_jobs(stack: Stack) -> dict[str, tuple[str, Resource]]:
    """Return every job definition whose jobs have another role than scientists' jobs: its ARN, and the role."""
    roles = {role.address: role for role in stack.resources("aws_iam_role")}
    found = {}
    for definition in stack.resources("aws_batch_job_definition"):
        container = json.loads(definition.attributes.get("container_properties", "{}"))
        role = roles.get(container.get("jobRoleArn", "").removeprefix("${").removesuffix(".arn}"))
        if role is not None and not role.attributes["name"].endswith("-job"):
            arn = arn_of(definition, stack)
            assert arn is not None
            found[definition.attributes["name"].rpartition("-")[2]] = (arn.removesuffix(":1"), role)
    return found


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_each_operators_job_is_submitted_by_the_roles_that_are_meant_to(
    stacks: dict[str, Stack], name: str
) -> None:
    stack = stacks[name]
    jobs = operators_jobs(stack)
    assert "migration" in jobs
    for job, (arn, _) in jobs.items():
        for revision in ("", ":1", ":999"):
            assert allowed(stack, "batch:SubmitJob", arn + revision) == SUBMITTERS[job]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_role_of_an_operators_job_is_passed_by_who_deploys_and_assumed_by_containers_only(
    stacks: dict[str, Stack], name: str
) -> None:
    stack = stacks[name]
    for _, role in operators_jobs(stack).values():
        arn = arn_of(role, stack)
        assert arn is not None
        assert allowed(stack, "iam:PassRole", arn) == PASSING
        assert allowed(stack, "sts:AssumeRole", arn) == set()
        (trust,) = role.document("assume_role_policy")["Statement"]
        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_no_pattern_of_job_definitions_matches_one_that_is_added(stacks: dict[str, Stack], name: str) -> None:
    """A definition that the kit comes to have one day is nobody's until somebody grants it."""
    stack = stacks[name]
    arn, _ = operators_jobs(stack)["migration"]
    for added in ("job-of-the-operator", "jobs", "multi-node-job-of-the-operator", "migration-2"):
        assert allowed(stack, "batch:SubmitJob", arn.replace("migration", added) + ":1") == set()
