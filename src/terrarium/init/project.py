"""Creation of a project from templates."""

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

_SUFFIX = ".template"  # keeps tools from treating templates as code of this repository
_PACKAGE = "package"  # folder of the templates that gets the name of the project's package


class _Template(string.Template):
    # `$` and `{{` mean something in workflows, and `@` in Python.
    delimiter = "%%"
    braceidpattern = r"[a-z_]+"
    idpattern = r"(?!)"


class Project(BaseModel):
    """Values of a project.

    Attributes:
        use_case: Name of the use case, such as `churn-prediction`.
        dataset: Name of the dataset to train on, such as `telco.customers`.

    Example:
        >>> Project.of("churn-prediction", dataset="telco.customers").write(Path("churn-prediction"))
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    use_case: str
    dataset: str

    @classmethod
    def of(cls, use_case: str, *, dataset: str | None = None) -> "Project":
        """Return the project of a use case.

        Args:
            use_case: Name of the use case: lower-case letters, digits and dashes, a letter first.
            dataset: Name of the dataset. Default: derived from the name of the use case.

        Raises:
            UseCaseNameError: The name is not valid.
            DatasetNameError: The name of the dataset is not valid.
        """
        from terrarium.warehouse.table_names import table_name

        package = use_case.replace("-", "_")
        named = re.fullmatch(NAME, use_case) and len(use_case) <= LONGEST_NAME
        if not named or keyword.iskeyword(package) or package in ("tests", "terrarium"):
            raise UseCaseNameError(
                f"{use_case!r} cannot be the name of a use case and its package",
                remedy=f"use lower-case letters, digits and dashes, a letter first, at most {LONGEST_NAME} characters, "
                "such as churn-prediction",
            )
        project = cls(use_case=use_case, dataset=dataset or f"{package}.cases")
        table_name(project.dataset)
        return project

    @property
    def package(self) -> str:
        """Name of the Python package."""
        return self.use_case.replace("-", "_")

    def write(self, folder: Path) -> list[Path]:
        """Create the files of the project.

        Args:
            folder: The folder to create. It may exist if it is empty, or holds only an empty git repository.

        Returns:
            The files, in alphabetical order.

        Raises:
            FolderOccupiedError: The folder has other content.
        """
        if folder.exists() and (
            not folder.is_dir() or any(entry.name != ".git" for entry in folder.iterdir())
        ):
            raise FolderOccupiedError(
                f"{folder} exists and is not empty",
                remedy="choose another folder, or run the command where the folder does not exist",
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
