"""Conversion of pandas frames to Arrow tables; an index that carries data becomes columns."""

from typing import TYPE_CHECKING, Any

from terrarium.errors import Error

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["is_pandas", "table_of_pandas"]


def is_pandas(data: object) -> bool:
    """Return whether `data` is an object of pandas, without importing pandas."""
    return type(data).__module__.partition(".")[0] == "pandas"


def table_of_pandas(frame: Any, *, error: type[Error]) -> "pa.Table":
    """Return a pandas frame as an Arrow table.

    Named levels of the index become columns, before all others, as `frame.reset_index()` returns them.
    An index without a name that holds integers is row numbers (what filtering, sampling and sorting leave) and is
    dropped.

    Args:
        frame: The frame.
        error: The class of the error to raise.

    Raises:
        Error: Of class `error`: it is no frame, its index holds data but has no name, two columns have one name, or a
            column has values that Arrow has no type for.
    """
    import pyarrow as pa

    if not hasattr(frame, "columns"):
        raise error(
            f"a {type(frame).__module__}.{type(frame).__qualname__} is no table",
            remedy="give a frame; series.to_frame(name) makes one of a series",
        )
    frame = _with_index(frame, error)
    _check_columns(frame, error)
    try:
        return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    except Exception as raised:
        raise _explained(frame, raised, error) from raised


def _with_index(frame: Any, error: type[Error]) -> Any:
    """Return the frame with the named levels of its index as columns."""
    import pandas as pd

    levels = list(range(frame.index.nlevels))
    unnamed = [level for level in levels if frame.index.names[level] is None]
    if len(levels) == 1 and unnamed:
        if pd.api.types.is_integer_dtype(frame.index.dtype) or len(frame.index) == 0:
            return frame.reset_index(drop=True)
        raise error(
            f"the index of the pandas frame holds data ({frame.index.dtype}) but has no name",
            remedy='name it to keep it as a column: frame.rename_axis("date"); or drop it: '
            "frame.reset_index(drop=True)",
        )
    if unnamed:
        raise error(
            f"level {unnamed[0]} of the index of the pandas frame has no name; "
            f"its levels are {list(frame.index.names)}",
            remedy="name every level to keep them as columns: frame.rename_axis([...]); or drop the index: "
            "frame.reset_index(drop=True)",
        )
    repeated = [name for name in frame.index.names if name in frame.columns]
    for name in repeated:
        # What `set_index(name, drop=False)` leaves: the same values twice.
        same = frame[name].ndim == 1 and pd.Index(frame[name]).equals(frame.index.get_level_values(name))
        if not same:
            raise error(
                f"{name!r} is a column of the pandas frame and a level of its index, with other values",
                remedy=f"rename one of them, e.g. frame.rename_axis(index={{{name!r}: 'other_name'}})",
            )
    return frame.reset_index(level=repeated, drop=True).pipe(_reset) if repeated else frame.reset_index()


def _reset(frame: Any) -> Any:
    """Return the frame with the remaining levels of its index as columns."""
    return frame.reset_index(drop=all(name is None for name in frame.index.names))


def _check_columns(frame: Any, error: type[Error]) -> None:
    import pandas as pd

    if frame.columns.nlevels > 1:
        raise error(
            f"the columns of the pandas frame have {frame.columns.nlevels} levels",
            remedy='join them to one name each: frame.columns = ["_".join(map(str, c)) for c in frame.columns]',
        )
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise error(
            f"the pandas frame has more than one column named {', '.join(repr(name) for name in twice.unique())}",
            remedy="rename or drop them; frame.columns.duplicated() finds them",
        )
    for name, dtype in frame.dtypes.items():
        if isinstance(dtype, pd.SparseDtype):
            raise error(
                f"column {name!r} of the pandas frame is sparse",
                remedy=f"make it dense: frame[{name!r}] = frame[{name!r}].sparse.to_dense()",
            )


def _explained(frame: Any, raised: Exception, error: type[Error]) -> Error:
    """Return an error that names the first column that Arrow cannot take."""
    import pyarrow as pa

    for name in frame.columns:
        try:
            pa.Table.from_pandas(frame[[name]], preserve_index=False)
        except Exception as cause:  # noqa: BLE001 - pandas' extension types raise whatever they like
            said = " ".join(str(cause).split())
            return error(
                f"column {name!r} of the pandas frame ({frame[name].dtype}) holds values of several kinds, or of a "
                f"kind that a table has no type for: {said}",
                remedy="convert the column to one type of numbers, text or times; nothing was written",
            )
    return error(
        f"the pandas frame cannot be converted: {raised}", remedy="convert its columns to plain types"
    )
