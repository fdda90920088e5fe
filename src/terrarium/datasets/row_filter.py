"""`RowFilter`: a filter of rows, as SQL text or as an expression of PyIceberg."""

import re
from typing import TYPE_CHECKING

from terrarium.datasets.errors import SelectionError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.schema import Schema

__all__ = ["RowFilter"]


class RowFilter:
    """A condition that chooses rows of a table.

    Attributes:
        expression: The expression of PyIceberg, by which files without chosen rows are skipped.
        columns: The columns in the condition.

    Args:
        where: SQL such as `age >= 18 and country = 'DE'`, or an expression of PyIceberg; None chooses all rows.
        schema: Schema of the table.

    Raises:
        SelectionError: The condition cannot be parsed, or names a column that does not exist.
    """

    def __init__(self, where: "str | BooleanExpression | None", schema: "Schema") -> None:
        from pyiceberg.expressions import AlwaysTrue
        from pyiceberg.expressions.parser import parse
        from pyiceberg.expressions.visitors import bind, extract_field_ids

        if where is None:
            where = AlwaysTrue()
        try:
            self.expression = parse(where) if isinstance(where, str) else where
            self._bound = bind(schema, self.expression, case_sensitive=True)
        except Exception as error:  # PyIceberg and its parser have no common base class of errors
            raise SelectionError(
                f"the condition {where!r} cannot be used: {_problem(error, schema)}",
                remedy="compare columns to values, for example where=\"age >= 18 and country = 'DE' and active = "
                'true"; lab.datasets.query takes any SQL',
            ) from error
        named = (schema.find_column_name(field) for field in sorted(extract_field_ids(self._bound)))
        self.columns = tuple(name for name in named if name is not None)

    def chosen(self, rows: "pa.Table") -> "pa.ChunkedArray":
        """Return, for each row, whether the condition chooses it. A comparison with null chooses no row."""
        import pyarrow.compute as pc
        import pyarrow.dataset
        from pyiceberg.io.pyarrow import expression_to_pyarrow

        scanned = pyarrow.dataset.dataset(rows).to_table({"chosen": expression_to_pyarrow(self._bound)})
        return pc.fill_null(scanned["chosen"], fill_value=False)


def _problem(error: Exception, schema: "Schema") -> str:
    """Return the problem of a condition in one line. The parser's own message lists its whole grammar."""
    from pyparsing import ParseBaseException

    if isinstance(error, ParseBaseException):
        rest = error.pstr[error.loc :]
        where = f"at {rest[:20]!r}" if rest else "at its end"
        return f"{where} a comparison of a column with a value is expected"
    unknown = re.search(r"Could not find field with name (.+), case_sensitive", str(error))
    if unknown is not None:
        return f"there is no column {unknown[1]!r}; columns: {', '.join(schema.column_names)}"
    return str(error)
