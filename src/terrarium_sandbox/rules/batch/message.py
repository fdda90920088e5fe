"""Batch's errors, and the documents that state its rules."""

__all__ = ["MODEL", "QUOTAS", "refused"]

MODEL = "Batch API model (botocore)"
QUOTAS = "AWS Batch User Guide, Service quotas"


def refused(why: str) -> str:
    """Return a message in the form in which Batch refuses requests."""
    return f"Error executing request, Exception : {why}"
