"""Advice on objects that are not ready, and on resources whose creation failed."""

import pytest

from operations.recover.advice import advice_on_status, advice_on_tainted, is_importable


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("aws_rds_cluster_instance", "creating"),
        ("aws_rds_cluster", "modifying"),
        ("aws_nat_gateway", "pending"),
        ("aws_batch_compute_environment", "CREATING"),
    ],
)
def test_what_aws_still_works_on_is_imported_and_waited_for(kind: str, status: str) -> None:
    assert is_importable(status)
    assert "wait until it is ready" in advice_on_status(kind, status, address=f"{kind}.x", in_state=False)


def test_an_invalid_compute_environment_is_created_again() -> None:
    advice = advice_on_status("aws_batch_compute_environment", "INVALID", address="a.b", in_state=False)
    assert "the next deployment creates another one" in advice


def test_an_invalid_compute_environment_of_the_state_is_tainted() -> None:
    advice = advice_on_status("aws_batch_compute_environment", "INVALID", address="a.b", in_state=True)
    assert advice.endswith("terraform taint a.b")


def test_an_object_that_is_deleted_is_not_imported() -> None:
    assert not is_importable("deleting")
    assert "until it is gone" in advice_on_status(
        "aws_rds_cluster", "deleting", address="a.b", in_state=False
    )


def test_a_tainted_resource_with_data_is_named_as_such() -> None:
    assert "WITH ITS DATA" in advice_on_tainted("aws_rds_cluster", address="aws_rds_cluster.x")
    assert "terraform untaint aws_rds_cluster.x" in advice_on_tainted(
        "aws_rds_cluster", address="aws_rds_cluster.x"
    )
    assert "DATA" not in advice_on_tainted("aws_iam_role", address="aws_iam_role.x")
