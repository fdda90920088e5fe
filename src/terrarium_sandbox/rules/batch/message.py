"""Form of Batch's error messages, and titles of the documents that state its rules."""

__all__ = ["MODEL", "QUOTAS", "refused"]

MODEL = "Batch API model (botocore)"
QUOTAS = "AWS Batch User Guide, Service quotas"


def refused(reason: str) -> str:
    """Return an error message in the form that Batch uses."""
    return f"Error executing request, Exception : {reason}"
