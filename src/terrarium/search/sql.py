"""SQL of a run search over MLflow's tables. All names and values of users are bound parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from terrarium.record.tags import USE_CASE
from terrarium.search import condition as expression
from terrarium.search._joined_fields import JoinedFields
from terrarium.search._sql_comparison import compare
from terrarium.search.condition import Condition, Field, FieldComparison, Kind, Order
from terrarium.search.tables import tables

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause, Select

__all__ = ["ChosenRuns"]


@dataclass(frozen=True, kw_only=True)
class ChosenRuns:
    """The runs of a search, and their order.

    Attributes:
        where: The condition. Defaults to all runs.
        order_by: Sort keys, the most significant first. Ties are broken by start time, the latest first.
        limit: The maximum number of runs.
        deleted: Whether to return deleted runs instead of active ones.
    """

    where: Condition | None = None
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    deleted: bool = False

    def ids(self) -> "Select[Any]":
        """Return a query for their `run_uuid`, in order."""
        from sqlalchemy import select

        fields, conditions, ranks = self._compiled()
        asked = select(tables().runs.c.run_uuid).select_from(fields.source).where(*conditions)
        return asked.order_by(*ranks).limit(self.limit)

    def positions(self) -> "Select[Any]":
        """Return a query for their `run_uuid` and `position` (from 0), in no particular order."""
        from sqlalchemy import Integer, cast, func, select

        fields, conditions, ranks = self._compiled()
        position = cast(func.row_number().over(order_by=ranks) - 1, Integer).label("position")
        asked = select(tables().runs.c.run_uuid, position).select_from(fields.source).where(*conditions)
        if self.limit is None:
            return asked
        placed = asked.subquery()
        return select(placed).where(placed.c.position < self.limit)

    def _compiled(self) -> "tuple[JoinedFields, list[ColumnElement[bool]], list[ColumnElement[Any]]]":
        fields = JoinedFields()
        runs, experiments = tables().runs, tables().experiments
        conditions = [runs.c.lifecycle_stage == ("deleted" if self.deleted else "active")]
        if not self.deleted:
            conditions.append(_within(experiments, experiments.c.lifecycle_stage == "active"))
        if self.where is not None:
            conditions.append(_where(self.where, fields))
        ranks = []
        for order in self.order_by:
            value = fields.column(order.field)
            ranks.append((value.desc() if order.descending else value.asc()).nulls_last())
        return fields, conditions, [*ranks, runs.c.start_time.desc(), runs.c.run_uuid]


def _where(condition: Condition, fields: JoinedFields) -> "ColumnElement[bool]":
    """Return the condition in SQL. It is NULL, which counts as false, if a run lacks a compared field."""
    from sqlalchemy import and_, false, func, not_, or_, true

    match condition:
        case expression.All(conditions):
            return and_(true(), *(_where(part, fields) for part in conditions))
        case expression.Any(conditions):
            return or_(false(), *(_where(part, fields) for part in conditions))
        case expression.Not(inner):
            # Only NOT distinguishes NULL from false. Elsewhere, NULL lets PostgreSQL choose an inner join.
            return not_(func.coalesce(_where(inner, fields), false()))
        case FieldComparison(field, operator, value):
            return _holds(field, fields, lambda column: compare(field, column, operator, value))
        case Field():
            return _holds(condition, fields, lambda column: column.is_not(None))
        case _:
            raise TypeError(
                f"{condition!r} is not a condition: build one with the functions of terrarium.search"
            )


def _holds(
    field: Field, fields: JoinedFields, test: "Callable[[ColumnElement[Any]], ColumnElement[bool]]"
) -> "ColumnElement[bool]":
    match field.kind, field.name:
        case Kind.DATASET, name:
            return _uses(name, test)
        case Kind.USE_CASE, name:
            kept = tables().experiment_tags
            return _within(kept, kept.c.key == f"{USE_CASE}.{name}", test(kept.c.value))
        case Kind.ATTRIBUTE, "experiment":
            return _within(tables().experiments, test(tables().experiments.c.name))
        case _:
            return test(fields.column(field))


def _within(table: "FromClause", *conditions: "ColumnElement[bool]") -> "ColumnElement[bool]":
    """Return the test that the run's experiment meets `conditions`. As an array, PostgreSQL reads the ids once."""
    from sqlalchemy import func, select

    ids = select(table.c.experiment_id).where(*conditions)
    return tables().runs.c.experiment_id == func.any(func.array(ids.scalar_subquery()))


def _uses(dataset: str, test: "Callable[[ColumnElement[Any]], ColumnElement[bool]]") -> "ColumnElement[bool]":
    """Return the test that the run has an input of this name. A run may have several, so this is not a join."""
    from sqlalchemy import select

    inputs, datasets = tables().inputs, tables().datasets
    users = (
        select(inputs.c.destination_id)
        .join_from(inputs, datasets, inputs.c.source_id == datasets.c.dataset_uuid)
        .where(inputs.c.source_type == "DATASET", inputs.c.destination_type == "RUN")
        .where(datasets.c.name == dataset, test(datasets.c.digest))
    )
    return tables().runs.c.run_uuid.in_(users)
