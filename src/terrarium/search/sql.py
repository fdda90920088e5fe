"""From a condition to SQL over MLflow's tables; every name and value that a user gave is a bound parameter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from terrarium.record.tags import USE_CASE
from terrarium.search import condition as expression
from terrarium.search.comparison import compared
from terrarium.search.condition import Comparison, Condition, Field, Kind, Order
from terrarium.search.joined_fields import JoinedFields
from terrarium.search.tables import tables

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause, Select

__all__ = ["ChosenRuns"]


@dataclass(frozen=True, kw_only=True)
class ChosenRuns:
    """Which runs, in which order.

    Attributes:
        where: Omitted, every run.
        order_by: What comes first counts most; of runs equal in all of it, those begun last come first.
        limit: How many at most.
        deleted: Whether deleted runs are meant, or those that are not.
    """

    where: Condition | None = None
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    deleted: bool = False

    def ids(self) -> "Select[Any]":
        """Their `run_uuid`, in order."""
        from sqlalchemy import select

        fields, conditions, ranks = self._compiled()
        asked = select(tables().runs.c.run_uuid).select_from(fields.source).where(*conditions)
        return asked.order_by(*ranks).limit(self.limit)

    def positions(self) -> "Select[Any]":
        """Their `run_uuid` and `position`, from 0, in no order."""
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
    """The condition in SQL; NULL, which counts as false, where a run lacks a field that is compared."""
    from sqlalchemy import and_, false, func, not_, or_, true

    match condition:
        case expression.All(conditions):
            return and_(true(), *(_where(part, fields) for part in conditions))
        case expression.Any(conditions):
            return or_(false(), *(_where(part, fields) for part in conditions))
        case expression.Not(inner):
            # Only here does NULL have to be told from false; elsewhere it lets PostgreSQL join the smaller way.
            return not_(func.coalesce(_where(inner, fields), false()))
        case Comparison(field, operator, value):
            return _holds(field, fields, lambda column: compared(field, column, operator, value))
        case Field():
            return _holds(condition, fields, lambda column: column.is_not(None))
        case _:
            raise TypeError(f"{condition!r} is no condition: terrarium.search says how they are made")


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
    """Whether the run's experiment is one of those; an array, since PostgreSQL then looks them up once."""
    from sqlalchemy import func, select

    ids = select(table.c.experiment_id).where(*conditions)
    return tables().runs.c.experiment_id == func.any(func.array(ids.scalar_subquery()))


def _uses(dataset: str, test: "Callable[[ColumnElement[Any]], ColumnElement[bool]]") -> "ColumnElement[bool]":
    """Whether the run has an input of this name; it may have several, so this is no join."""
    from sqlalchemy import select

    inputs, datasets = tables().inputs, tables().datasets
    users = (
        select(inputs.c.destination_id)
        .join_from(inputs, datasets, inputs.c.source_id == datasets.c.dataset_uuid)
        .where(inputs.c.source_type == "DATASET", inputs.c.destination_type == "RUN")
        .where(datasets.c.name == dataset, test(datasets.c.digest))
    )
    return tables().runs.c.run_uuid.in_(users)
