"""Capture at the beginning of a run. A failed part is missing with its reason, and stops nothing."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from terrarium.capture.code import CapturedCode, capture_code
from terrarium.capture.environment import capture_environment
from terrarium.capture.seeds import capture_seeds
from terrarium.manifest import PlatformManifest
from terrarium.record.sections import Code, Environment, Infrastructure, Seeds

__all__ = ["Captured", "capture"]

_Section = TypeVar("_Section")


class Captured(NamedTuple):
    """The automatic sections; None if a capture failed, with the reason in `failures`.

    Attributes:
        patch: The difference between working tree and commit; empty if there is none.
        cells: The executed cells; None outside a notebook.
    """

    code: Code | None
    environment: Environment | None
    infrastructure: Infrastructure
    seeds: Seeds | None
    patch: bytes
    cells: str | None
    failures: dict[str, str]


def capture(manifest: PlatformManifest) -> Captured:
    """Capture this process. Takes milliseconds, except for the first call."""
    failures: dict[str, str] = {}
    code = _attempt("code", capture_code, failures) or CapturedCode(None, b"", None, {})
    return Captured(
        code=code.section,
        environment=_attempt("environment", capture_environment, failures),
        infrastructure=Infrastructure(
            environment=manifest.environment,
            manifest_version=manifest.version,
            stack_digest=manifest.stack_digest,
            account=manifest.account,
            region=manifest.region,
        ),
        seeds=_attempt("seeds", capture_seeds, failures),
        patch=code.patch,
        cells=code.cells,
        failures=failures | code.failures,
    )


def _attempt(what: str, look: Callable[[], _Section], failures: dict[str, str]) -> _Section | None:
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - a failed capture must not stop a training
        failures[what] = f"{type(error).__name__}: {error}"
        return None
