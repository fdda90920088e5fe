"""The arguments of SubmitJob, and what is too large for a job to start."""

from typing import Any

import pytest

from terrarium.compute.batch.request import submission
from terrarium.compute.errors import JobRequestError
from terrarium.compute.request import JobRequest
from terrarium.compute.resources import Resources
from tests.unit.example_manifest import example_manifest

_REST = dict.fromkeys(
    ("code", "packages", "image", "retries", "deadline", "array", "pool", "run", "use_case")
)


_OF_ENVIRONMENT = {"environment": "dev", "use-case": "shared", "CostCentre": "4711"}


def submitted(**asked: Any) -> dict[str, Any]:
    request = JobRequest.model_validate(
        {
            "command": ("python", "train.py"),
            "resources": Resources(),
            "name": "train",
            "variables": {},
            "inputs": {},
            "egress": False,
            "tags": {},
            **_REST,
            **asked,
        }
    )
    pool = example_manifest().compute.pools[0]
    return submission(
        request,
        tags=_OF_ENVIRONMENT,
        job_definition="job",
        pool=pool,
        code=None,
        lock=None,
        share="ada",
        depends_on=[],
    )


def test_submits_variables_within_the_limit_of_ecs() -> None:
    call = submitted(variables={"LIST": "x" * 8000})
    assert {"name": "LIST", "value": "x" * 8000} in call["containerOverrides"]["environment"]


def test_refuses_variables_above_the_limit_of_ecs() -> None:
    with pytest.raises(JobRequestError, match=r"job 'train' have 8,[0-9]+ characters; ECS allows 8,192"):
        submitted(variables={"LIST": "x" * 8192})


def test_a_refusal_states_the_number_of_inputs() -> None:
    rest = f"versionId=1&digest=sha256:{'0' * 64}&size=1&kind=file"
    inputs = {f"part-{n}": f"s3://bucket/artifacts/parts/{n}.parquet?{rest}" for n in range(200)}
    with pytest.raises(JobRequestError, match="200 inputs"):
        submitted(inputs=inputs)


def test_a_job_carries_the_tags_of_its_environment_and_its_own() -> None:
    call = submitted(tags={"project": "churn"}, use_case="churn", run="5c35")
    own = {"use-case": "churn", "run": "5c35", "project": "churn"}
    assert call["tags"] == {**_OF_ENVIRONMENT, **own}


def test_refuses_more_tags_than_batch_allows() -> None:
    with pytest.raises(JobRequestError, match="would have 51 tags") as raised:
        submitted(tags={f"k{number}": "1" for number in range(47)}, run="5c35")
    assert "pass at most 46 tags" in str(raised.value)
