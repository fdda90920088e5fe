"""Promotion in the stacks: its roles, their permissions, and the source in the manifest."""

import json
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environments
from tests.stacks.synthesized import Synthesized, listed, synthesize


def promotes_from(stack: Synthesized) -> str:
    """Return the source of promotion in the manifest of a stack."""
    written: str = stack.resource("aws_ssm_parameter", "manifest/parameter")["value"]
    return written.partition('"promotes_from" = {')[2].partition("}")[0]


def with_changes(folder: Path, name: str, **changes: dict[str, Any] | str) -> dict[str, Synthesized]:
    """Return all stacks, with other values in the file of one of them."""
    documents = {config.name: config.model_dump(mode="json") for config in load_environments()}
    for field, value in changes.items():
        documents[name][field] = documents[name][field] | value if isinstance(value, dict) else value
    return synthesize([Environment.model_validate(document) for document in documents.values()], folder)


@pytest.mark.parametrize("name", ["dev", "staging"])
def test_the_role_of_the_source_reads_the_registry_but_not_the_database(
    stacks: dict[str, Synthesized], name: str
) -> None:
    statements = stacks[name].granted("promotion-source/role")
    actions = {action for statement in statements for action in listed(statement["Action"])}
    assert {action.partition(":")[0] for action in actions} == {"kms", "s3", "ssm"}
    buckets = {
        resource.partition("}")[0]
        for statement in statements
        if statement["Action"] != "kms:Decrypt"
        for resource in listed(statement["Resource"])
        if "aws_s3_bucket" in resource
    }
    assert len(buckets) == 1, "that of the registry"


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_only_the_job_can_assume_the_role_of_promotions(stacks: dict[str, Synthesized], name: str) -> None:
    role = stacks[name].resource("aws_iam_role", "promotion/role/role")
    (trust,) = json.loads(role["assume_role_policy"])["Statement"]
    assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    definitions = stacks[name].resources("aws_batch_job_definition")
    having = [path for path, definition in definitions.items() if "promotion_role" in json.dumps(definition)]
    assert having == ["promotion/job-definition"]
    assert definitions["promotion/job-definition"]["name"] == f"terrarium-{name}-promotion"


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
@pytest.mark.parametrize("role", ["access/scientist", "access/job", "pipelines/executor"])
def test_principals_that_submit_jobs_cannot_submit_jobs_of_operators(
    stacks: dict[str, Synthesized], name: str, role: str
) -> None:
    """SubmitJob can override the command, so that the caller has the permissions of the job's role."""
    submitted = {
        resource.rpartition("/")[2]
        for statement in stacks[name].granted(role)
        if "batch:SubmitJob" in listed(statement["Action"])
        for resource in listed(statement["Resource"])
        if ":job-definition/" in resource
    }
    kinds = (f"terrarium-{name}-job", f"terrarium-{name}-multi-node-job")
    assert submitted <= {one for kind in kinds for one in (kind, f"{kind}:*")}


def test_releasers_and_workflows_can_start_promotions(tmp_path: Path) -> None:
    ada = "arn:aws:iam::444444444444:user/ada"
    prod = with_changes(tmp_path, "prod", access={"releasers": [ada]})["prod"]
    (trust,) = json.loads(prod.resource("aws_iam_role", "promotion/release/role")["assume_role_policy"])[
        "Statement"
    ]
    assert trust["Principal"] == {"AWS": ada}
    for role in ("promotion/release", "access/delivery/deploy"):
        resources = {
            resource
            for statement in prod.granted(role)
            if "batch:SubmitJob" in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        }
        assert any(resource.endswith(":job-definition/terrarium-prod-promotion") for resource in resources)


def test_the_manifest_has_the_region_of_a_source_in_another_region(
    stacks: dict[str, Synthesized], tmp_path: Path
) -> None:
    elsewhere = with_changes(tmp_path, "staging", region="eu-west-1")["prod"]
    assert '"region" = "eu-west-1"' in promotes_from(elsewhere)
    assert '"region"' not in promotes_from(stacks["prod"])
