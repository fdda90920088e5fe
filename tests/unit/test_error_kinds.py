"""Every error of Terrarium is of a kind that callers can catch."""

import importlib
import pkgutil

import terrarium
from terrarium import errors

KINDS = {
    errors.AccessDeniedError,
    errors.ConflictError,
    errors.CredentialsError,
    errors.FailedError,
    errors.IncompatibleVersionError,
    errors.IntegrityError,
    errors.InvalidRequestError,
    errors.NotFoundError,
    errors.NotInstalledError,
    errors.UnavailableError,
}
# The sandbox is a program of its own; its errors are not raised to users of the SDK.
_APART = ("terrarium_sandbox", "terrarium.ui.server", "terrarium.__main__")


def _subclasses(kind: type[BaseException]) -> set[type[BaseException]]:
    return {found for one in kind.__subclasses__() for found in {one, *_subclasses(one)}}


def test_every_error_of_the_sdk_is_of_a_kind() -> None:
    for module in pkgutil.walk_packages(terrarium.__path__, "terrarium."):
        if module.name.rpartition(".")[2] in {"errors", "expression"} and not module.name.startswith(_APART):
            importlib.import_module(module.name)
    of_sdk = {found for found in _subclasses(terrarium.Error) if found.__module__.startswith("terrarium.")}
    without = {
        f"{found.__module__}.{found.__qualname__}"
        for found in of_sdk - KINDS
        if not issubclass(found, tuple(KINDS)) and not found.__module__.startswith(_APART)
    }
    assert without <= {"terrarium.metadata.errors.SchemaError"}, "SchemaError's subclasses are of a kind each"
