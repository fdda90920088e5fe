"""`DataRequirement`: a document between those who need data and those who make it."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints

from terrarium.arguments import checked_methods
from terrarium.datasets.constraints import Constraint
from terrarium.datasets.errors import RequirementError
from terrarium.errors import Error
from terrarium.public_model import PublicModel

if TYPE_CHECKING:
    from terrarium.datasets.requirements.checked import RequirementReport
    from terrarium.lab import Lab

__all__ = ["DataRequirement", "Remark", "RequiredColumn"]

Text = Annotated[str, StringConstraints(strip_whitespace=True)]


class _Document(PublicModel):
    refused_as: ClassVar[type[Error]] = RequirementError


class RequiredColumn(_Document):
    """A column that is needed.

    Attributes:
        name: Its name.
        meaning: What its values say, with their unit.
        type: Arrow's name of the type, e.g. `int64`, `double`, `string`, `timestamp[us]`; omitted, any.
    """

    name: str
    meaning: Text = ""
    type: str | None = None


class Remark(_Document):
    """What somebody said when the document changed its state; aware, UTC."""

    by: str
    at: datetime
    state: str
    text: str = ""


@checked_methods
class DataRequirement(_Document):
    """What a use case needs of one dataset, and how far those concerned have agreed on it.

    Attributes:
        dataset: Its name, whether it exists yet or not.
        purpose: What it is needed for.
        columns: Which are needed; others may be there.
        constraints: What has to hold of the rows.
        minimum_rows: How many are needed.
        time_column: Says when a row happened; freshness and history are about it.
        freshness: How old the latest row may be.
        history: How far back rows have to reach.
        owner: Who makes the data.
        consumer: Who needs it.
        state: `draft`, `proposed`, `approved` or `rejected`.
        remarks: Of everybody who moved it on.
    """

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
        """What it does not say yet, and has to before it can be proposed."""
        gaps = [name for name in ("purpose", "columns", "owner", "consumer") if not getattr(self, name)]
        gaps += [f"meaning of column {column.name}" for column in self.columns if not column.meaning]
        if (self.freshness or self.history) and self.time_column is None:
            gaps.append("time_column, which freshness and history are about")
        named = {column.name for column in self.columns}
        needed = {name for constraint in self.constraints for name in constraint.needs}
        needed |= {self.time_column} if self.time_column else set()
        gaps += [f"column {name}, which is mentioned" for name in sorted(needed - named)]
        return tuple(gaps)

    def proposed(self, *, by: str, remark: str = "") -> Self:
        """The document as it is put before the owner of the data.

        Args:
            by: Who proposes it.
            remark: What they say.

        Raises:
            RequirementError: Something is missing, or it was proposed already.
        """
        if gaps := self.missing():
            raise RequirementError(
                f"the requirement of {self.dataset!r} is not complete: {'; '.join(gaps)}",
                remedy="say what is missing: requirement.revised(by=..., purpose=...)",
            )
        return self._moved("proposed", since=("draft",), by=by, remark=remark)

    def approved(self, *, by: str, remark: str = "") -> Self:
        """The document as the reviewer agrees to it.

        Args:
            by: The reviewer, who is not the one that proposed it.
            remark: What they say.

        Raises:
            RequirementError: It is not proposed, or was by the reviewer.
        """
        return self._reviewed("approved", by=by, remark=remark)

    def rejected(self, *, by: str, remark: str) -> Self:
        """The document as the reviewer turns it down.

        Args:
            by: The reviewer, who is not the one that proposed it.
            remark: Why.

        Raises:
            RequirementError: It is not proposed, or was by the reviewer.
        """
        return self._reviewed("rejected", by=by, remark=remark)

    def revised(self, *, by: str, remark: str = "", **changes: object) -> Self:
        """A draft with other content; whatever was agreed on has to be reviewed anew.

        Args:
            by: Who changes it.
            remark: What they say.
            **changes: Fields and their new values.

        Raises:
            RequirementError: A field is not for changing.
        """
        fixed = {"state", "remarks", "dataset"} & changes.keys()
        if fixed:
            raise RequirementError(
                f"a revision does not change {', '.join(sorted(fixed))}",
                remedy="proposed(), approved() and rejected() change the state; another dataset needs another document",
            )
        changed = type(self)(**{**dict(self), **changes})
        return changed._moved(
            "draft", since=("draft", "proposed", "approved", "rejected"), by=by, remark=remark
        )

    @property
    def reviewer(self) -> str | None:
        """Who approved or rejected it last."""
        reviews = [remark.by for remark in self.remarks if remark.state in ("approved", "rejected")]
        return reviews[-1] if reviews else None

    def check(self, lab: "Lab") -> "RequirementReport":
        """Which of it the dataset meets, as it is now."""
        from terrarium.datasets.requirements.checked import check_requirement

        return check_requirement(self, lab)

    def markdown(self) -> str:
        """The document to read and to discuss."""
        from terrarium.datasets.requirements.markdown import as_markdown

        return as_markdown(self)

    def _reviewed(self, state: str, *, by: str, remark: str) -> Self:
        proposers = [remark.by for remark in self.remarks if remark.state == "proposed"]
        if self.state == "proposed" and proposers[-1:] == [by]:
            raise RequirementError(
                f"{by} proposed the requirement of {self.dataset!r}, and cannot review it",
                remedy="somebody else has to, e.g. the owner of the data",
            )
        return self._moved(state, since=("proposed",), by=by, remark=remark)

    def _moved(self, state: str, *, since: tuple[str, ...], by: str, remark: str) -> Self:
        if self.state not in since:
            raise RequirementError(
                f"the requirement of {self.dataset!r} is {self.state}; it cannot become {state}",
                remedy=f"it has to be {' or '.join(since)} first",
            )
        said = Remark(by=by, at=datetime.now(UTC), state=state, text=remark)
        return self.model_copy(update={"state": state, "remarks": (*self.remarks, said)})
