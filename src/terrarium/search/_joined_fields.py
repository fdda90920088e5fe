"""Joins of the fields that a search mentions, one join per field."""

from typing import TYPE_CHECKING, Any

from terrarium.record.tags import CODE_ENTRY_POINT
from terrarium.search.condition import Field, Kind
from terrarium.search.errors import ComparisonError
from terrarium.search.tables import tables

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause

__all__ = ["JoinedFields"]

_COLUMNS = {
    "run_id": "run_uuid",
    "name": "name",
    "user": "user_id",
    "status": "status",
    "started": "start_time",
    "ended": "end_time",
}
# MLflow itself sets the tags of commit and branch, so runs of plain MLflow code have them as well.
_TAGS = {
    "commit": "mlflow.source.git.commit",
    "branch": "mlflow.source.git.branch",
    "entry_point": CODE_ENTRY_POINT,
}


class JoinedFields:
    """A FROM clause that outer-joins fields to the runs. A run has at most one value per key, so no run is repeated.

    Joins instead of subqueries: PostgreSQL hashes joins, but would execute the subqueries once per run.
    """

    def __init__(self) -> None:
        self.source: FromClause = tables().runs
        self._joined: dict[tuple[Kind, str], FromClause] = {}

    def column(self, field: Field) -> "ColumnElement[Any]":
        """Return the column with the field's value: NULL for runs without it and for a metric that is NaN.

        Raises:
            ComparisonError: A run can have several values of the field.
        """
        match field.kind, field.name:
            case Kind.ATTRIBUTE, name if name in _COLUMNS:
                return tables().runs.c[_COLUMNS[name]]
            case (Kind.DATASET | Kind.USE_CASE, _) | (_, "experiment"):
                raise ComparisonError(
                    f"runs cannot be sorted by {field}: a run can have several values of it, or shares it with others",
                    remedy="sort by a metric, a param, a tag, or an attribute such as started",
                )
            case _:
                return self._kept(field).c.value

    def _kept(self, field: Field) -> "FromClause":
        at = (field.kind, field.name)
        if at not in self._joined:
            runs = tables().runs
            source, key = _place(field)
            kept = source.alias(f"field_{len(self._joined)}")
            matches = (kept.c.run_uuid == runs.c.run_uuid) & (kept.c.key == key)
            if field.kind is Kind.METRIC:
                matches &= ~kept.c.is_nan  # MLflow stores NaN as 0 with this flag
            self.source = self.source.outerjoin(kept, matches)
            self._joined[at] = kept
        return self._joined[at]


def _place(field: Field) -> "tuple[FromClause, str]":
    """Return the table and the key that hold the field."""
    match field.kind:
        case Kind.METRIC:
            return tables().latest_metrics, field.name
        case Kind.PARAM:
            return tables().params, field.name
        case _:
            return tables().tags, _TAGS[field.name] if field.kind is Kind.ATTRIBUTE else field.name
