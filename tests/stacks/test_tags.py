"""Tags that a company prescribes are on every resource that can have tags."""

import json
from pathlib import Path

import pytest

from environments import Environment
from tests.stacks.synthesized import Synthesized, synthesize

PRESCRIBED = {"CostCentre": "4711", "acme:data-class": "restricted"}


@pytest.fixture
def tagged(everything: Environment, tmp_path: Path) -> Synthesized:
    config = Environment.model_validate({**everything.model_dump(mode="json"), "tags": PRESCRIBED})
    return synthesize([config], tmp_path / "out")[config.name]


def test_every_resource_carries_the_prescribed_tags(tagged: Synthesized) -> None:
    (provider,) = tagged.document["provider"]["aws"]
    (block,) = provider["default_tags"]
    assert block["tags"].items() >= PRESCRIBED.items()
    # The provider adds its default tags to all resources with the argument `tags`, unless they have the same key.
    overridden = [
        (kind, logical_id)
        for kind, resources in tagged.document["resource"].items()
        for logical_id, resource in resources.items()
        if any((resource.get("tags") or {}).get(key, value) != value for key, value in PRESCRIBED.items())
    ]
    assert overridden == []


def test_instances_volumes_and_network_interfaces_of_pools_carry_them(tagged: Synthesized) -> None:
    """The default tags do not reach what Batch starts. A service control policy may require the tags there."""
    for pool in tagged.resources("aws_batch_compute_environment").values():
        assert pool["compute_resources"]["tags"].items() >= PRESCRIBED.items()
    templates = tagged.resources("aws_launch_template")
    assert templates
    for template in templates.values():
        by_kind = {one["resource_type"]: one["tags"] for one in template["tag_specifications"]}
        assert {"instance", "volume", "network-interface"} <= by_kind.keys()
        for tags in by_kind.values():
            assert tags.items() >= PRESCRIBED.items()


def test_jobs_carry_them(tagged: Synthesized) -> None:
    """Jobs that people submit, by the manifest; jobs of pipelines; and the tasks of both, by their definitions."""
    manifest = tagged.resource("aws_ssm_parameter", "manifest/parameter")["value"]
    assert '"CostCentre" = "4711"' in manifest
    definitions = tagged.resources("aws_batch_job_definition").values()
    assert all(definition["propagate_tags"] for definition in definitions)
    arriving = json.loads(
        tagged.resource("aws_sfn_state_machine", "pipelines/pipeline-arriving")["definition"]
    )
    submitted = arriving["States"]["only"]["Parameters"]["Tags"]
    assert submitted.items() >= {**PRESCRIBED, "environment": "dev", "step": "only"}.items()
