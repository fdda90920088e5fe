"""Comparison of a data requirement with its dataset."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from terrarium.datasets.constraints import Constraint, Fresh, RowCount
from terrarium.datasets.errors import DatasetNotFoundError

if TYPE_CHECKING:
    from terrarium.datasets._dataset import Dataset
    from terrarium.datasets.requirements._requirement_content import RequirementContent

__all__ = ["Finding", "RequirementReport", "check_requirement"]


class Finding(BaseModel):
    """One requirement and whether the dataset meets it.

    Attributes:
        what: The requirement as text.
        met: Whether the dataset meets it.
        found: The actual state of the dataset.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    met: bool
    found: str = ""

    def __str__(self) -> str:
        return f"{'met' if self.met else 'not met'}: {self.what}" + (f" ({self.found})" if self.found else "")


class RequirementReport(BaseModel):
    """Result of comparing a requirement with a version of its dataset; `snapshot_id` is None without a dataset."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    snapshot_id: int | None
    findings: tuple[Finding, ...]

    @property
    def met(self) -> bool:
        """True if all requirements are met."""
        return all(finding.met for finding in self.findings)

    def __str__(self) -> str:
        return "\n".join(
            [f"{self.dataset}, snapshot {self.snapshot_id}:", *(f"  {finding}" for finding in self.findings)]
        )


def check_requirement(
    requirement: "RequirementContent", get: "Callable[[str], Dataset]"
) -> RequirementReport:
    """Compare a requirement with the current version of its dataset."""
    try:
        dataset = get(requirement.dataset)
    except DatasetNotFoundError as error:
        missing = Finding(what=f"dataset {requirement.dataset} exists", met=False, found=error.problem)
        return RequirementReport(dataset=requirement.dataset, snapshot_id=None, findings=(missing,))
    findings = [Finding(what=f"dataset {requirement.dataset} exists", met=True)]
    findings += _columns(requirement, dataset)
    findings += _constraints(requirement, dataset)
    findings += _history(requirement, dataset)
    return RequirementReport(
        dataset=requirement.dataset, snapshot_id=dataset.snapshot_id, findings=tuple(findings)
    )


def _columns(requirement: "RequirementContent", dataset: "Dataset") -> Iterator[Finding]:
    for column in requirement.columns:
        kind = f" of type {column.type}" if column.type else ""
        what = f"column {column.name}{kind}"
        if column.name not in dataset.schema.names:
            yield Finding(what=what, met=False, found="there is none")
            continue
        found = str(dataset.schema.field(column.name).type)
        same = column.type in (None, found)
        yield Finding(what=what, met=same, found="" if same else f"it is {found}")


def _constraints(requirement: "RequirementContent", dataset: "Dataset") -> Iterator[Finding]:
    constraints: list[Constraint] = list(requirement.constraints)
    if requirement.minimum_rows is not None:
        constraints.append(RowCount(minimum=requirement.minimum_rows))
    if requirement.freshness is not None and requirement.time_column is not None:
        constraints.append(Fresh(column=requirement.time_column, within=requirement.freshness))
    known = set(dataset.schema.names)
    decidable = [constraint for constraint in constraints if known.issuperset(constraint.needs)]
    broken = {violation.constraint: violation for violation in dataset.validate(decidable).violations}
    for constraint in constraints:
        violation = broken.get(str(constraint))
        if constraint not in decidable:
            yield Finding(what=str(constraint), met=False, found="there is no such column")
        elif violation is None:
            yield Finding(what=str(constraint), met=True)
        elif isinstance(constraint, RowCount):
            yield Finding(what=str(constraint), met=False, found=f"there are {violation.count:,}")
        elif isinstance(constraint, Fresh):
            latest = next(iter(violation.examples[0].values()), None)
            yield Finding(what=str(constraint), met=False, found=f"the latest is {latest}")
        else:
            yield Finding(what=str(constraint), met=False, found=f"violated by {violation.count:,} rows")


def _history(requirement: "RequirementContent", dataset: "Dataset") -> Iterator[Finding]:
    column, history = requirement.time_column, requirement.history
    if column is None or history is None:
        return
    what = f"{column} reaches back {history}"
    if column not in dataset.schema.names:
        yield Finding(what=what, met=False, found="there is no such column")
        return
    earliest = _earliest(dataset, column)
    met = earliest is not None and earliest <= datetime.now(UTC) - history
    yield Finding(what=what, met=met, found="" if met else f"the earliest is {earliest}")


def _earliest(dataset: "Dataset", column: str) -> datetime | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    earliest: datetime | None = None
    for table in dataset.read([column]).to_tables():
        times = table[column]
        value = pc.min(times.cast(pa.timestamp("us", getattr(times.type, "tz", None)))).as_py()
        if value is not None:
            moment = value if value.tzinfo else value.replace(tzinfo=UTC)
            earliest = moment if earliest is None else min(earliest, moment)
    return earliest
