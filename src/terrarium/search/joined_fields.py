"""The fields that a search mentions, each joined once to the runs."""

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
# Commit and branch are tags of MLflow's own, which runs of plain MLflow have as well.
_TAGS = {
    "commit": "mlflow.source.git.commit",
    "branch": "mlflow.source.git.branch",
    "entry_point": CODE_ENTRY_POINT,
}


class JoinedFields:
    """Grows a FROM clause: a run has at most one value of a key, so a join neither adds runs nor drops any.

    Joins rather than subqueries: PostgreSQL hashes them; the subqueries it would run once per run.
    """

    def __init__(self) -> None:
        self.source: FromClause = tables().runs
        self._joined: dict[tuple[Kind, str], FromClause] = {}

    def column(self, field: Field) -> "ColumnElement[Any]":
        """The field's value; NULL for runs without it, and for a metric that is NaN.

        Raises:
            ComparisonError: Runs have several values of it.
        """
        match field.kind, field.name:
            case Kind.ATTRIBUTE, name if name in _COLUMNS:
                return tables().runs.c[_COLUMNS[name]]
            case (Kind.DATASET | Kind.USE_CASE, _) | (_, "experiment"):
                raise ComparisonError(
                    f"runs cannot be ranked by {field}, which is not theirs alone",
                    remedy="rank them by a metric, a param, a tag, or an attribute such as started",
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
                matches &= ~kept.c.is_nan  # kept as 0
            self.source = self.source.outerjoin(kept, matches)
            self._joined[at] = kept
        return self._joined[at]


def _place(field: Field) -> "tuple[FromClause, str]":
    """The table that keeps the field, and the key under which it does."""
    match field.kind:
        case Kind.METRIC:
            return tables().latest_metrics, field.name
        case Kind.PARAM:
            return tables().params, field.name
        case _:
            return tables().tags, _TAGS[field.name] if field.kind is Kind.ATTRIBUTE else field.name
