"""Content of a data requirement: the required data, and remarks on its review."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from terrarium.arguments import checked_methods
from terrarium.datasets.constraints import Constraint
from terrarium.datasets.errors import RequirementError
from terrarium.errors import Error
from terrarium.public_model import PublicModel

__all__ = ["Remark", "RequiredColumn", "RequirementContent"]

Text = Annotated[str, StringConstraints(strip_whitespace=True)]


class _Document(PublicModel):
    refused_as: ClassVar[type[Error]] = RequirementError


class RequiredColumn(_Document):
    """A required column.

    Attributes:
        name: Name of the column.
        meaning: Meaning of its values, with their unit.
        type: Arrow's name of its type, such as `int64`, `double`, `string`, `timestamp[us]`. Default: any type.
    """

    name: str
    meaning: Text = ""
    type: str | None = None


class Remark(_Document):
    """A remark on a change of the document's state; `at` is in UTC."""

    by: str
    at: datetime
    state: str
    text: str = ""


@checked_methods
class RequirementContent(_Document):
    """Fields of a data requirement, which its Markdown page and its check read; see `DataRequirement`."""

    dataset: str
    purpose: Text = ""
    columns: tuple[RequiredColumn, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    minimum_rows: Annotated[int, Field(ge=0)] | None = None
    time_column: str | None = None
    freshness: timedelta | None = None
    history: timedelta | None = None
    owner: str | None = None
    consumer: str | None = None
    state: Literal["draft", "proposed", "approved", "rejected"] = "draft"
    remarks: tuple[Remark, ...] = ()

    def missing(self) -> tuple[str, ...]:
        """Return what is missing before the requirement can be proposed."""
        gaps = [name for name in ("purpose", "columns", "owner", "consumer") if not getattr(self, name)]
        gaps += [f"meaning of column {column.name}" for column in self.columns if not column.meaning]
        if (self.freshness or self.history) and self.time_column is None:
            gaps.append("time_column, for freshness and history")
        named = {column.name for column in self.columns}
        needed = {name for constraint in self.constraints for name in constraint.needs}
        needed |= {self.time_column} if self.time_column else set()
        gaps += [f"column {name}, which a constraint or time_column names" for name in sorted(needed - named)]
        return tuple(gaps)

    @property
    def reviewer(self) -> str | None:
        """The last person who approved or rejected it."""
        reviews = [remark.by for remark in self.remarks if remark.state in ("approved", "rejected")]
        return reviews[-1] if reviews else None
