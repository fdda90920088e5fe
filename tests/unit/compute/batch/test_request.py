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
        tags={"environment": "dev"},
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
