"""References of versions: `churn@champion`, `churn/3`, or the same after MLflow's prefix `models:/`."""

import re
from typing import NamedTuple

from terrarium.models.errors import ModelNameError
from terrarium.plain_text import shown

__all__ = ["ModelReference", "check_alias", "check_environment_name", "check_model_name", "version_by_number"]

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
_ALIAS = r"[A-Za-z0-9_-]{1,100}"
_REFERENCE = re.compile(rf"(models:/)?(?P<name>{_NAME})(/(?P<version>[1-9]\d{{0,8}})|@(?P<alias>{_ALIAS}))")
_LONGEST_ENVIRONMENT = 16  # characters; the limit for environments in `environments/`


class ModelReference(NamedTuple):
    """The name of a model and either a version or an alias."""

    name: str
    version: int | None
    alias: str | None

    @classmethod
    def parse(cls, text: str) -> "ModelReference":
        """Parse `name@alias` or `name/version`.

        Raises:
            ModelNameError: The text has neither form.
        """
        match = _REFERENCE.fullmatch(text)
        if match is None:
            raise ModelNameError(
                f"{text!r} is not a reference of a model version",
                remedy="write churn@champion or churn/3; `terrarium models list churn` lists the versions of a model",
            )
        version = match["version"]
        return cls(match["name"], int(version) if version else None, match["alias"])

    def __str__(self) -> str:
        return f"{self.name}@{self.alias}" if self.version is None else f"{self.name}/{self.version}"


def version_by_number(reference: str) -> tuple[str, int]:
    """Return the name and number in a reference `name/version`, which a promotion requires.

    Raises:
        ModelNameError: The reference contains an alias, or is invalid.
    """
    asked = ModelReference.parse(reference)
    if asked.version is None:
        raise ModelNameError(
            f"{reference!r} contains an alias, and a promotion requires the number of a version: an alias can change "
            "between approval and promotion",
            remedy=f"look up the number in the source: terrarium models show {reference} --environment ...",
        )
    return asked.name, asked.version


def check_model_name(name: str) -> None:
    """Check the name of a model, which becomes part of keys and references.

    Raises:
        ModelNameError: The name is too long or contains other characters than allowed.
    """
    if re.fullmatch(_NAME, name) is None:
        raise ModelNameError(
            f"{name!r} is not a valid name of a model",
            remedy="use at most 128 letters, digits, dots, dashes and underscores, starting with a letter or digit",
        )


def check_alias(alias: str) -> None:
    """Check an alias, which becomes part of keys and references.

    Raises:
        ModelNameError: The alias is too long or contains other characters than allowed.
    """
    if re.fullmatch(_ALIAS, alias) is None:
        raise ModelNameError(
            f"{shown(alias)} is not a valid alias of a model",
            remedy="use at most 100 letters, digits, dashes and underscores, e.g. champion",
        )


def check_environment_name(name: str) -> None:
    """Check the name of an environment, which becomes part of keys.

    Raises:
        ModelNameError: The name is too long or contains other characters than allowed.
    """
    if len(name) > _LONGEST_ENVIRONMENT or re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) is None:
        raise ModelNameError(
            f"{shown(name)} is not a valid name of an environment",
            remedy="use at most 16 lower-case letters and digits, with single dashes between them, e.g. prod",
        )
