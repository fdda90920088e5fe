"""What can be wrong with an environment's file."""

from collections.abc import Sequence
from pathlib import Path

from terrarium.errors import InvalidRequestError, NotFoundError

__all__ = ["InvalidEnvironmentError", "UnknownEnvironmentError"]


class InvalidEnvironmentError(InvalidRequestError):
    """One environment's file has problems; `problems` names each by field path, given and allowed."""

    def __init__(self, file: Path, problems: Sequence[str]) -> None:
        count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
        super().__init__(
            "\n".join([f"{file} has {count}:", *(f"  {problem}" for problem in problems)]),
            remedy=f"mend {'it' if len(problems) == 1 else 'them'} in {file.name}; "
            "environments/model.py says what each field means",
        )
        self.file = file
        self.problems = tuple(problems)


class UnknownEnvironmentError(NotFoundError):
    """No file describes the environment that was asked for."""

    def __init__(self, name: str, known: Sequence[str], folder: Path) -> None:
        super().__init__(
            f"there is no environment {name!r}: {folder} describes {', '.join(known) or 'none'}",
            remedy=f"choose one of those, or write {folder / f'{name}.toml'}",
        )
