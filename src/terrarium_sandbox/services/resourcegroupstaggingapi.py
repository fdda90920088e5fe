"""Resource Groups Tagging API: page tokens are not saved."""

from typing import Any

from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's Resource Groups Tagging API."""
    patch(
        ResourceGroupsTaggingAPIBackend,
        "__getstate__",
        _without_pages,
        reason="moto keeps generators for page tokens, which cannot be pickled.",
    )


def _without_pages(backend: ResourceGroupsTaggingAPIBackend) -> dict[str, Any]:
    """Return the state of a backend to pickle: all attributes except the generators of page tokens.

    A token from before a restart has expired: the service answers `PaginationTokenExpiredException`.
    """
    return {**vars(backend), "_pages": {}}
