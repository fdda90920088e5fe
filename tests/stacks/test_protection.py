"""`protected` of a section protects the resources of that section, and no others."""

from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment
from tests.stacks.synthesized import Synthesized, synthesize

_RESOURCES = {
    "artifacts": {"artifacts/bucket"},
    "audit": {"audit/logs/bucket"},
    "compute": {"compute/images/repository"},
    "features": {"features/warehouse/bucket", "features/online"},
    "metadata": {"metadata/cluster"},
    "registry": {"registry/models/bucket", "registry/images/repository"},
}
_KINDS = ("aws_dynamodb_table", "aws_ecr_repository", "aws_kms_key", "aws_rds_cluster", "aws_s3_bucket")
_ALWAYS_UNPROTECTED = {"features/query-results/bucket"}


def unprotected(stack: Synthesized) -> set[str]:
    def is_protected(resource: dict[str, Any]) -> bool:
        return (
            bool(resource.get("lifecycle", {}).get("prevent_destroy"))
            or resource.get("force_delete") is False
        )

    return {
        path
        for kind in _KINDS
        for path, resource in stack.resources(kind).items()
        if not is_protected(resource)
    } - _ALWAYS_UNPROTECTED


def staging(*sections: str) -> Environment:
    """The environment with the protection of some sections lifted."""
    document = load_environment("staging").model_dump(mode="json")
    document["registry"]["promotes_from"] = None
    for section in sections:
        document[section]["protected"] = False
    return Environment.model_validate(document)


@pytest.mark.parametrize("section", _RESOURCES)
def test_lifting_the_protection_of_a_section_lifts_that_of_its_resources_only(
    tmp_path: Path, section: str
) -> None:
    stack = synthesize([staging(section)], tmp_path)["staging"]
    assert unprotected(stack) == _RESOURCES[section]


def test_the_key_is_unprotected_by_its_own_section_after_all_others(tmp_path: Path) -> None:
    stack = synthesize([staging(*_RESOURCES, "encryption")], tmp_path)["staging"]
    assert unprotected(stack) == {"encryption/key"}.union(*_RESOURCES.values())
