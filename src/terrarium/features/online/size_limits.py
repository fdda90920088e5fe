"""Refusal of rows that are too large for DynamoDB, before they are written offline."""

from typing import TYPE_CHECKING

from terrarium.features.definition.dtype import element_type
from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.errors import FeatureDataError
from terrarium.features.online.item import LARGEST_ITEM, LARGEST_KEY, encode_row

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["refuse_oversized"]

_ESCAPED = 6  # bytes of JSON per byte of text, at most: a control character is `\u001f`
_NUMBER = 26  # bytes of JSON per number, boolean or time, at most, with its comma
_NAMED = 5  # rows that the error names


def refuse_oversized(table: "pa.Table", view: FeatureView) -> None:
    """Refuse rows that DynamoDB would not accept.

    Raises:
        FeatureDataError: At least one row is too large; the error names some.
    """
    problems = []
    for row in table.take(_suspects(table, view)).to_pylist():
        try:
            encode_row(view, view.name, row)
        except FeatureDataError as error:
            problems.append(error)
    if problems:
        named = "\n".join(f"  {problem.problem}" for problem in problems[:_NAMED])
        more = f"\n  and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
        raise FeatureDataError(
            f"{len(problems)} rows for feature view {view.name!r} are too large to be online, none was written:\n"
            f"{named}{more}",
            remedy=problems[0].remedy,
        )


def _suspects(table: "pa.Table", view: FeatureView) -> "pa.Array":
    """Return the positions of rows that may be too large, by an upper bound computed column by column."""
    import pyarrow as pa
    import pyarrow.compute as pc

    key = item = pa.chunked_array([pa.repeat(pa.scalar(_NUMBER * 4, pa.int64()), table.num_rows)])
    for entity in view.entities:
        key = pc.add(key, pc.add(_bound(table[entity.key], entity.dtype), len(entity.name.encode()) + 2))
    for feature in view.features:
        item = pc.add(item, _bound(table[feature.name], feature.dtype))
    # The item holds the entity twice: as its key, and in the JSON text of its features, where it is escaped again.
    item = pc.add(item, pc.multiply(key, 1 + _ESCAPED))
    suspect = pc.or_(pc.greater(key, LARGEST_KEY), pc.greater(item, LARGEST_ITEM))
    return pc.indices_nonzero(suspect)


def _bound(column: "pa.ChunkedArray", dtype: str) -> "pa.ChunkedArray":
    """Return an upper bound of the bytes of JSON of each value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if dtype == "string":
        return _filled(pc.add(pc.multiply(pc.cast(pc.binary_length(column), pa.int64()), _ESCAPED), 8))
    element = element_type(dtype)
    if element is None:
        return pa.chunked_array([pa.repeat(pa.scalar(_NUMBER, pa.int64()), len(column))])
    lengths = pc.cast(pc.list_value_length(column), pa.int64())
    if element != "string":
        return _filled(pc.add(pc.multiply(lengths, _NUMBER), 8))
    gathered = column.combine_chunks()
    values = pc.cast(pc.fill_null(pc.binary_length(gathered.flatten()), 0), pa.int64())
    total = pa.concat_arrays([pa.array([0], pa.int64()), _array(pc.cumulative_sum(values))])
    ends = _array(pc.cumulative_sum(pc.fill_null(_array(lengths), 0)))
    begins = pa.concat_arrays([pa.array([0], pa.int64()), ends])[:-1]
    text = pc.subtract(total.take(ends), total.take(begins))
    return _filled(pa.chunked_array([pc.add(pc.multiply(text, _ESCAPED), pc.multiply(_array(lengths), 8))]))


def _array(column: "pa.ChunkedArray | pa.Array") -> "pa.Array":
    import pyarrow as pa

    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _filled(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    import pyarrow.compute as pc

    return pc.fill_null(column, 8)  # null
