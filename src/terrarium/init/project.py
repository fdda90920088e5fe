"""A project from templates."""

import keyword
import re
import string
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict

from terrarium.init.errors import FolderOccupiedError, UseCaseNameError
from terrarium.pipelines.artifact_keys import LONGEST_NAME, NAME

__all__ = ["Project"]

_SUFFIX = ".template"  # so that no tool takes a template for code of ours
_PACKAGE = "package"  # the templates' folder that is called like the package in the project


class _Template(string.Template):
    # `$` and `{{` mean something in workflows, and `@` in Python.
    delimiter = "%%"
    braceidpattern = r"[a-z_]+"
    idpattern = r"(?!)"


class Project(BaseModel):
    """What a project is made of.

    Attributes:
        use_case: Its name, e.g. `churn-prediction`.
        dataset: The dataset that it trains on, e.g. `telco.customers`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    use_case: str
    dataset: str

    @classmethod
    def of(cls, use_case: str, *, dataset: str | None = None) -> "Project":
        """The project of a use case.

        Args:
            use_case: Lower-case letters, digits and dashes, a letter first.
            dataset: Omitted, one that is called after the use case.

        Raises:
            UseCaseNameError: Nothing can be called so.
            DatasetNameError: No dataset can be called so.
        """
        from terrarium.warehouse.table_names import table_name

        package = use_case.replace("-", "_")
        named = re.fullmatch(NAME, use_case) and len(use_case) <= LONGEST_NAME
        if not named or keyword.iskeyword(package) or package in ("tests", "terrarium"):
            raise UseCaseNameError(
                f"{use_case!r} cannot name a use case and its package",
                remedy=f"lower-case letters, digits and dashes, a letter first, {LONGEST_NAME} at most, "
                "such as churn-prediction",
            )
        project = cls(use_case=use_case, dataset=dataset or f"{package}.cases")
        table_name(project.dataset)
        return project

    @property
    def package(self) -> str:
        """What Python calls it."""
        return self.use_case.replace("-", "_")

    def write(self, folder: Path) -> list[Path]:
        """Make the project.

        Args:
            folder: Is made; may be there if it is empty, or holds nothing but a repository without files.

        Returns:
            The files, in alphabetical order.

        Raises:
            FolderOccupiedError: There is something else.
        """
        if folder.exists() and (
            not folder.is_dir() or any(entry.name != ".git" for entry in folder.iterdir())
        ):
            raise FolderOccupiedError(
                f"{folder} is there, and not empty",
                remedy="name another folder, or change to where it may be made",
            )
        made = []
        for path, text in sorted(self._files()):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            made.append(target)
        return made

    def _files(self) -> Iterator[tuple[PurePosixPath, str]]:
        from terrarium.warehouse.table_names import table_name

        values = {
            "use_case": self.use_case,
            "package": self.package,
            "title": self.use_case.replace("-", " ").capitalize(),
            "dataset": self.dataset,
            "table": table_name(self.dataset),
        }
        for path, template in _templates(files("terrarium.init") / "templates", PurePosixPath()):
            parts = (self.package if part == _PACKAGE else part for part in path.parts)
            yield PurePosixPath(*parts), _Template(template).substitute(values)


def _templates(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _templates(entry, path / entry.name)
        elif entry.name.endswith(_SUFFIX):
            yield path / entry.name.removesuffix(_SUFFIX), entry.read_text(encoding="utf-8")
