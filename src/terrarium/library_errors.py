"""Refusals of the libraries below the SDK (boto3, MLflow, SQLAlchemy), as errors of Terrarium."""

import sys
from typing import Any

from terrarium.errors import (
    ConflictError,
    Error,
    InvalidRequestError,
    NotFoundError,
    RequestRefusedError,
    UnavailableError,
)

__all__ = ["explanation_of"]


class MlflowNotFoundError(NotFoundError):
    """MLflow knows no such run, experiment, model, version or alias."""


class MlflowRefusedError(InvalidRequestError):
    """MLflow does not accept a value."""


class MlflowConflictError(ConflictError):
    """MLflow has a thing of this name already."""


class NestedTooDeeplyError(InvalidRequestError):
    """A value has more levels than Python follows, or holds itself."""


class DatabaseRefusedError(InvalidRequestError):
    """The metadata database does not accept a value."""


class DatabaseUnavailableError(UnavailableError):
    """The metadata database ended a connection, or does not answer now."""


_MLFLOW: dict[str, tuple[type[Error], str]] = {
    "INVALID_PARAMETER_VALUE": (MlflowRefusedError, "give values that MLflow takes, as its message says"),
    "BAD_REQUEST": (MlflowRefusedError, "give values that MLflow takes, as its message says"),
    "INVALID_STATE": (MlflowRefusedError, "look the run up: it may be deleted or have ended"),
    "RESOURCE_DOES_NOT_EXIST": (
        MlflowNotFoundError,
        "check the name: lab.experiments.names(), lab.experiments.search() and lab.models.names() list what there is",
    ),
    "RESOURCE_ALREADY_EXISTS": (MlflowConflictError, "choose another name, or delete what has this one"),
}


def explanation_of(error: Exception, doing: str) -> Error | None:
    """Return the error of Terrarium for an error of a library; None if there is no translation.

    Args:
        error: As the library raised it.
        doing: What was being done, as in "cannot <doing>".
    """
    if isinstance(error, RecursionError):
        return NestedTooDeeplyError(
            f"cannot {doing}: a value is nested too deeply, or holds itself", remedy="give a flatter value"
        )
    module = type(error).__module__.partition(".")[0]
    if module == "botocore":
        from terrarium.aws_errors import explanation_of_boto

        return explanation_of_boto(error, doing)
    if module == "mlflow":
        return _of_mlflow(error, doing)
    if module == "sqlalchemy":
        return _of_database(error, doing)
    if module == "optuna":
        return _of_wrapped(error, doing)
    if module == "boto3":
        said = " ".join(str(error).split())
        return _of_wrapped(error, doing) or RequestRefusedError(
            f"cannot {doing}: {said}", remedy="give a shorter name, or another file"
        )
    return None


def _of_mlflow(error: Any, doing: str) -> Error | None:
    # What the database or boto3 raised within MLflow's store says more than MLflow's wrapping of it.
    if inner := _of_wrapped(error, doing):
        return inner
    kind, remedy = _MLFLOW.get(getattr(error, "error_code", ""), (None, ""))
    if kind is None:
        return None
    return kind(f"cannot {doing}: {' '.join(str(error.message).split())}", remedy=remedy)


def _of_wrapped(error: Exception, doing: str) -> Error | None:
    """Return the translation of the error that a library wrapped in this one."""
    inner = error.__cause__ or error.__context__
    return explanation_of(inner, doing) if isinstance(inner, Exception) else None


def _of_database(error: Any, doing: str) -> Error | None:
    exceptions = sys.modules["sqlalchemy.exc"]
    said = " ".join(str(getattr(error, "orig", None) or error).split())
    if isinstance(error, exceptions.DataError):
        return DatabaseRefusedError(
            f"cannot {doing}: the database does not take a value: {said}", remedy="give another value"
        )
    if isinstance(error, exceptions.OperationalError):
        return DatabaseUnavailableError(
            f"cannot {doing}: the metadata database does not answer: {said}",
            remedy="try again in a minute; in the sandbox: `terrarium sandbox status`",
        )
    return None
