"""Errors in the files of environments."""

from collections.abc import Sequence
from pathlib import Path

from terrarium.checkout import ENVIRONMENTS
from terrarium.errors import InvalidRequestError, NotFoundError

__all__ = ["InvalidEnvironmentError", "NoEnvironmentsError", "UnknownEnvironmentError"]


class InvalidEnvironmentError(InvalidRequestError):
    """An environment's file is invalid.

    `problems` has one line per field: its path, its value and what is allowed.
    """

    def __init__(self, file: Path, problems: Sequence[str]) -> None:
        count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
        super().__init__(
            "\n".join([f"{file} has {count}:", *(f"  {problem}" for problem in problems)]),
            remedy=f"correct {file.name}; environments/model.py describes each field",
        )
        self.file = file
        self.problems = tuple(problems)


class NoEnvironmentsError(NotFoundError):
    """The folder of the environments' files has none."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} describes no environment: it holds no file <environment>.toml",
            remedy=f"write one, such as {folder / 'dev.toml'} (docs/guides/environments.md), or set the variable "
            f"{ENVIRONMENTS} to the folder of the files",
        )


class UnknownEnvironmentError(NotFoundError):
    """No file describes the requested environment."""

    def __init__(self, name: str, known: Sequence[str], folder: Path) -> None:
        super().__init__(
            f"there is no environment {name!r}; {folder} describes: {', '.join(known) or 'none'}",
            remedy=f"choose one of those, or write {folder / f'{name}.toml'}",
        )
