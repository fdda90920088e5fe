"""What people write for a version: `churn@champion`, `churn/3`, or the same behind MLflow's `models:/`."""

import re
from typing import NamedTuple

from terrarium.models.errors import ModelNameError
from terrarium.plain_text import shown

__all__ = ["ModelReference", "check_alias", "check_environment_name", "check_model_name", "version_by_number"]

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
_ALIAS = r"[A-Za-z0-9_-]{1,100}"
_REFERENCE = re.compile(rf"(models:/)?(?P<name>{_NAME})(/(?P<version>[1-9]\d{{0,8}})|@(?P<alias>{_ALIAS}))")
_LONGEST_ENVIRONMENT = 16  # characters, as in an environment's file


class ModelReference(NamedTuple):
    """A model's name, and either a version or an alias."""

    name: str
    version: int | None
    alias: str | None

    @classmethod
    def parse(cls, text: str) -> "ModelReference":
        """Read `name@alias` or `name/version`.

        Raises:
            ModelNameError: It is neither.
        """
        match = _REFERENCE.fullmatch(text)
        if match is None:
            raise ModelNameError(
                f"{text!r} names no version of a model",
                remedy="write churn@champion or churn/3; `terrarium models list churn` lists the versions of a model",
            )
        version = match["version"]
        return cls(match["name"], int(version) if version else None, match["alias"])

    def __str__(self) -> str:
        return f"{self.name}@{self.alias}" if self.version is None else f"{self.name}/{self.version}"


def version_by_number(reference: str) -> tuple[str, int]:
    """Return name and number of a version that is written `name/version`: what a promotion takes.

    Raises:
        ModelNameError: It names an alias, or is no reference.
    """
    asked = ModelReference.parse(reference)
    if asked.version is None:
        raise ModelNameError(
            f"{reference!r} is an alias, and a promotion takes the number of a version: an approval is of one version, "
            "and an alias can move between approval and promotion",
            remedy=f"look up the number in the source: terrarium models show {reference} --environment ...",
        )
    return asked.name, asked.version


def check_model_name(name: str) -> None:
    """Refuse what cannot name a model.

    Raises:
        ModelNameError: It becomes part of keys and of references, and has characters that neither can.
    """
    if re.fullmatch(_NAME, name) is None:
        raise ModelNameError(
            f"{name!r} cannot name a model",
            remedy="letters, digits, dots, dashes and underscores, a letter or digit first, 128 at most",
        )


def check_alias(alias: str) -> None:
    """Refuse what cannot be an alias.

    Raises:
        ModelNameError: It becomes part of keys and of references, and has characters that neither can have.
    """
    if re.fullmatch(_ALIAS, alias) is None:
        raise ModelNameError(
            f"{shown(alias)} cannot be an alias of a model",
            remedy="letters, digits, dashes and underscores, 100 at most, such as champion",
        )


def check_environment_name(name: str) -> None:
    """Refuse what cannot name an environment.

    Raises:
        ModelNameError: No environment can be called so; the name becomes part of keys.
    """
    if len(name) > _LONGEST_ENVIRONMENT or re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) is None:
        raise ModelNameError(
            f"{shown(name)} cannot name an environment",
            remedy="lower-case letters, digits and single dashes between them, 16 at most, such as prod",
        )
