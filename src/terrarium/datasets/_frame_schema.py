"""Validation of rows by a schema of Pandera, or by any object that validates frames in the same way."""

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from terrarium.datasets.constraints.example_rows import examples_of, json_value
from terrarium.datasets.constraints.validation_report import EXAMPLES, ValidationReport, Violation
from terrarium.errors import ArgumentError

if TYPE_CHECKING:
    import pyarrow as pa

    from terrarium.datasets.writing.row_source import RowSource

__all__ = ["FrameSchema", "check_frame", "checked_source"]


@runtime_checkable
class FrameSchema(Protocol):
    """A `pandera.DataFrameSchema` or `DataFrameModel`, of `pandera.pandas` or `pandera.polars`."""

    def validate(self, check_obj: Any, *, lazy: bool = False) -> Any:
        """Return the frame, or raise an error with `failure_cases`, a frame with one row per failure."""


def check_frame(schema: FrameSchema, rows: "pa.Table", *, dataset: str) -> ValidationReport:
    """Check rows in memory; report failures by column and check.

    Args:
        schema: The schema. One of Pandera's Polars API gets a Polars frame, any other a pandas frame.
        rows: All rows.
        dataset: Name of the dataset, for the report.
    """
    polars = ".polars" in _module(schema)
    frame: Any = _polars_frame(rows) if polars else rows.to_pandas()
    try:
        schema.validate(frame, lazy=True)
    except Exception as error:
        cases = getattr(error, "failure_cases", None)
        if cases is None:
            raise ArgumentError(
                f"`checked_by` of dataset {dataset!r} cannot validate rows: {type(error).__name__}: {error}",
                remedy="pass a schema of Pandera, or an object whose validate(frame, lazy=True) raises an error with "
                "`failure_cases`",
            ) from error
        return ValidationReport(dataset=dataset, rows=rows.num_rows, violations=_violations(cases, rows))
    return ValidationReport(dataset=dataset, rows=rows.num_rows)


def checked_source(
    data: Any, checked_by: FrameSchema | None, *, known: "pa.Schema | None", dataset: str, doing: str
) -> "RowSource":
    """Return the source for data to write; with a schema, all rows are read and checked first.

    Args:
        data: The data; see `RowSource.of`.
        checked_by: The schema; None for no check.
        known: Schema of the dataset, if it exists.
        dataset: Name of the dataset, for errors.
        doing: The operation, for errors, as in "cannot <doing> dataset".

    Raises:
        ConstraintsViolatedError: Rows do not pass the schema.
        DataRefusedError: The data cannot be read or stored.
    """
    from terrarium.datasets.writing.row_source import RowSource

    source = RowSource.of(data, known=known)
    if checked_by is None:
        return source
    rows = source.to_table()
    check_frame(checked_by, rows, dataset=dataset).raise_for_violations(doing=doing)
    return RowSource.of(rows)


def _violations(cases: Any, rows: "pa.Table") -> tuple[Violation, ...]:
    lines = cases.to_dicts() if hasattr(cases, "to_dicts") else cases.to_dict(orient="records")
    by_check: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in lines:
        by_check.setdefault((str(line.get("column") or ""), str(line.get("check"))), []).append(line)
    return tuple(
        Violation(
            constraint=f"{column}: {check}" if column else check,
            columns=(column,) if column else (),
            count=len(failed),
            examples=tuple(_example(line, column, rows) for line in failed[:EXAMPLES]),
        )
        for (column, check), failed in by_check.items()
    )


def _example(line: dict[str, Any], column: str, rows: "pa.Table") -> dict[str, Any]:
    number = line.get("index")
    if isinstance(number, int | float) and number == number and 0 <= number < rows.num_rows:
        return examples_of(rows.slice(int(number), 1))[0]
    return {column or "value": json_value(line.get("failure_case"))}


def _polars_frame(rows: "pa.Table") -> Any:
    import polars as pl

    return pl.from_arrow(rows)


def _module(schema: object) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return " ".join(base.__module__ for base in kind.__mro__)
