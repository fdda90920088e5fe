"""Constraints that AWS states in documentation only are read from it, and nothing else is."""

from datetime import date

import pytest
from botocore.model import StructureShape
from botocore.session import Session

from policies.aws.values.documentation import (
    allowed_characters,
    documented_pattern,
    is_case_sensitive,
    longest,
    withdrawals,
)


def documentation(service: str, shape: str, member: str) -> str:
    structure = Session().get_service_model(service).shape_for(shape)
    assert isinstance(structure, StructureShape)
    return str(structure.members[member].documentation)


def test_images_of_amazon_linux_2_are_withdrawn_for_ecs_only() -> None:
    withdrawn = withdrawals(documentation("batch", "Ec2Configuration", "imageType"))
    assert {value: found.day for value, found in withdrawn.items()} == {
        "ECS_AL2": date(2026, 6, 30),
        "ECS_AL2_NVIDIA": date(2026, 6, 30),
    }


@pytest.mark.parametrize(
    ("service", "shape", "member", "accepted", "refused"),
    [
        ("ec2", "CreateSecurityGroupRequest", "Description", "a-b [c] {d}!", "it's"),
        ("ec2", "IpRange", "Description", "PostgreSQL, 5432", "it's"),
        ("batch", "CreateComputeEnvironmentRequest", "computeEnvironmentName", "a-b_C1", "a b"),
    ],
)
def test_character_sets_are_read(service: str, shape: str, member: str, accepted: str, refused: str) -> None:
    characters = allowed_characters(documentation(service, shape, member))
    assert characters is not None
    assert characters.refused.search(accepted) is None
    assert characters.refused.search(refused) is not None


@pytest.mark.parametrize(
    "text",
    [
        'valid characters are A-Z, a-z, 0-9, "-", and "_".',
        "Valid characters are a-z, A-Z, 0-9, and : + = @ _ % - (hyphen).",
        "The name must contain only UTF-8 characters.",
    ],
)
def test_other_sentences_are_not_read_as_a_character_set(text: str) -> None:
    assert allowed_characters(f"<p>{text}</p>") is None


def test_lengths_patterns_and_case_are_read() -> None:
    assert longest(documentation("ec2", "CreateSecurityGroupRequest", "Description")) == 255
    assert longest(documentation("ec2", "Tag", "Key")) == 127
    assert documented_pattern(documentation("rds", "Tag", "Key")) == r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"
    assert not is_case_sensitive(documentation("batch", "EvaluateOnExit", "action"))
    assert is_case_sensitive(documentation("batch", "Ec2Configuration", "imageType"))
