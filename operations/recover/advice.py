"""Advice on objects that are not ready, and on resources whose creation failed: what the next deployment does."""

from typing import Final

__all__ = ["advice_on_status", "advice_on_tainted", "is_importable"]

# Terraform deletes them, or AWS does: they are not imported.
_UNUSABLE: Final = ("INVALID", "DELETING", "deleting", "failed")
_STATEFUL: Final = (
    "aws_dynamodb_table",
    "aws_ecr_repository",
    "aws_kms_key",
    "aws_rds_cluster",
    "aws_s3_bucket",
)


def is_importable(status: str | None) -> bool:
    """Return whether an object with this status can become part of the state."""
    return status not in _UNUSABLE


def advice_on_status(kind: str, status: str, *, address: str, in_state: bool) -> str:
    """Return what an operator does about an object that is not ready.

    Args:
        kind: The resource's type.
        status: The object's status.
        address: The resource's address.
        in_state: Whether the state has it.
    """
    if status.lower() == "deleting":
        return "AWS deletes it: wait until it is gone, then deploy"
    if kind == "aws_batch_compute_environment" and status == "INVALID":
        if in_state:
            return (
                "Batch cannot use it, and a deployment without changes leaves it as it is; "
                f"let the next deployment replace it: terraform taint {address}"
            )
        return "Batch cannot use it: it is not imported, and the next deployment creates another one"
    if status.lower().startswith(
        ("creat", "pending", "modif", "updat", "backing", "configur", "start", "reboot")
    ):
        return "AWS is still working on it: wait until it is ready, then deploy; what needs it fails before"
    return "look at its events in the AWS console before you deploy"


def advice_on_tainted(kind: str, *, address: str) -> str:
    """Return what the next deployment does with a tainted resource, and how to keep it."""
    replaced = "its creation failed or was interrupted: the next deployment deletes it and creates it again"
    if kind in _STATEFUL:
        return f"{replaced}, WITH ITS DATA; if it works, keep it: terraform untaint {address}"
    return f"{replaced}; if it works, keep it: terraform untaint {address}"
