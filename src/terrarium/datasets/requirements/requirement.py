"""`DataRequirement`: a document between users and producers of data."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, Self

from terrarium.arguments import checked_methods
from terrarium.datasets.errors import RequirementError
from terrarium.datasets.requirements._requirement_content import Remark, RequirementContent

if TYPE_CHECKING:
    from terrarium.datasets._dataset import Dataset
    from terrarium.datasets.requirements._requirement_check import RequirementReport

__all__ = ["DataRequirement"]


class _Datasets(Protocol):
    def get(self, name: str) -> "Dataset": ...


class HasDatasets(Protocol):
    """An object that has datasets, such as a `Lab`."""

    @property
    def datasets(self) -> _Datasets:
        """The datasets of its environment."""
        ...


@checked_methods
class DataRequirement(RequirementContent):
    """The data that a use case needs of one dataset, and the state of its review.

    Attributes:
        dataset: Name of the dataset, which need not exist yet.
        purpose: Purpose of the data.
        columns: Required columns; the dataset may have others.
        constraints: Constraints on the rows.
        minimum_rows: The least number of rows.
        time_column: Column with the time of a row, for freshness and history.
        freshness: The greatest age of the latest row.
        history: The least age of the earliest row.
        owner: Producer of the data.
        consumer: Team or person that needs the data.
        state: `draft`, `proposed`, `approved` or `rejected`.
        remarks: Remarks on changes of the state.

    Example:
        >>> requirement = terrarium.DataRequirement(dataset="telco.usage", purpose="churn", minimum_rows=1000)
        >>> requirement.missing()
    """

    def proposed(self, *, by: str, remark: str = "") -> Self:
        """Return the requirement, proposed to the owner of the data.

        Args:
            by: The person who proposes it.
            remark: A remark.

        Raises:
            RequirementError: Something is missing, or the requirement is not a draft.

        Example:
            >>> requirement = requirement.proposed(by="ada")
        """
        if gaps := self.missing():
            raise RequirementError(
                f"the requirement of {self.dataset!r} is not complete: {'; '.join(gaps)}",
                remedy="add what is missing: requirement.revised(by=..., purpose=...)",
            )
        return self._moved("proposed", since=("draft",), by=by, remark=remark)

    def approved(self, *, by: str, remark: str = "") -> Self:
        """Return the requirement, approved by a reviewer.

        Args:
            by: The reviewer, who must not be the one that proposed it.
            remark: A remark.

        Raises:
            RequirementError: The requirement is not proposed, or the reviewer proposed it.

        Example:
            >>> requirement = requirement.approved(by="grace")
        """
        return self._reviewed("approved", by=by, remark=remark)

    def rejected(self, *, by: str, remark: str) -> Self:
        """Return the requirement, rejected by a reviewer.

        Args:
            by: The reviewer, who must not be the one that proposed it.
            remark: The reason.

        Raises:
            RequirementError: The requirement is not proposed, or the reviewer proposed it.

        Example:
            >>> requirement = requirement.rejected(by="grace", remark="a year is too long")
        """
        return self._reviewed("rejected", by=by, remark=remark)

    def revised(self, *, by: str, remark: str = "", **changes: object) -> Self:
        """Return a draft with changed fields, which has to be reviewed again.

        Args:
            by: The person who changes it.
            remark: A remark.
            **changes: Fields and their new values.

        Raises:
            RequirementError: A field cannot be changed by a revision.

        Example:
            >>> requirement = requirement.revised(by="ada", minimum_rows=2000)
        """
        fixed = {"state", "remarks", "dataset"} & changes.keys()
        if fixed:
            raise RequirementError(
                f"a revision cannot change {', '.join(sorted(fixed))}",
                remedy="proposed(), approved() and rejected() change the state; write another requirement for another "
                "dataset",
            )
        changed = type(self)(**{**dict(self), **changes})
        return changed._moved(
            "draft", since=("draft", "proposed", "approved", "rejected"), by=by, remark=remark
        )

    def check(self, lab: HasDatasets) -> "RequirementReport":
        """Compare the requirement with the current version of its dataset.

        Example:
            >>> print(requirement.check(lab))
        """
        from terrarium.datasets.requirements._requirement_check import check_requirement

        return check_requirement(self, lab.datasets.get)

    def markdown(self) -> str:
        """Return the requirement as a Markdown document.

        Example:
            >>> print(requirement.markdown())
        """
        from terrarium.datasets.requirements._markdown import as_markdown

        return as_markdown(self)

    def _reviewed(self, state: str, *, by: str, remark: str) -> Self:
        proposers = [remark.by for remark in self.remarks if remark.state == "proposed"]
        if self.state == "proposed" and proposers[-1:] == [by]:
            raise RequirementError(
                f"{by} proposed the requirement of {self.dataset!r}, and cannot review it",
                remedy="another person has to review it, for example the owner of the data",
            )
        return self._moved(state, since=("proposed",), by=by, remark=remark)

    def _moved(self, state: str, *, since: tuple[str, ...], by: str, remark: str) -> Self:
        if self.state not in since:
            raise RequirementError(
                f"the requirement of {self.dataset!r} is {self.state}; it cannot become {state}",
                remedy=f"it has to be {' or '.join(since)} first",
            )
        new_remark = Remark(by=by, at=datetime.now(UTC), state=state, text=remark)
        return self.model_copy(update={"state": state, "remarks": (*self.remarks, new_remark)})
