"""`Condition`: which rows are meant, in SQL's words or as PyIceberg's expression."""

import re
from typing import TYPE_CHECKING

from terrarium.datasets.errors import SelectionError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.schema import Schema

__all__ = ["Condition"]


class Condition:
    """A condition on the rows of a table.

    Attributes:
        expression: PyIceberg's, by which files that hold none are left out.
        columns: What it is about.

    Args:
        where: E.g. `age >= 18 and country = 'DE'`, or an expression; None chooses all.
        schema: The table's.

    Raises:
        SelectionError: It is not understood, or there is no such column.
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
        except Exception as error:  # PyIceberg and the parser it uses have no error in common
            raise SelectionError(
                f"rows cannot be chosen by {where!r}: {_problem(error, schema)}",
                remedy="compare columns to values, e.g. where=\"age >= 18 and country = 'DE' and active = true\"; "
                "lab.datasets.query knows all of SQL",
            ) from error
        named = (schema.find_column_name(field) for field in sorted(extract_field_ids(self._bound)))
        self.columns = tuple(name for name in named if name is not None)

    def chosen(self, rows: "pa.Table") -> "pa.ChunkedArray":
        """For each row whether it is; a comparison with null chooses none."""
        import pyarrow.compute as pc
        import pyarrow.dataset
        from pyiceberg.io.pyarrow import expression_to_pyarrow

        scanned = pyarrow.dataset.dataset(rows).to_table({"chosen": expression_to_pyarrow(self._bound)})
        return pc.fill_null(scanned["chosen"], fill_value=False)


def _problem(error: Exception, schema: "Schema") -> str:
    """Return what is wrong with a condition in a line: the parser's own message is its whole grammar."""
    from pyparsing import ParseBaseException

    if isinstance(error, ParseBaseException):
        rest = error.pstr[error.loc :]
        where = f"at {rest[:20]!r}" if rest else "at its end"
        return f"{where} a comparison of a column with a value is expected"
    unknown = re.search(r"Could not find field with name (.+), case_sensitive", str(error))
    if unknown is not None:
        return f"there is no column {unknown[1]!r}; columns: {', '.join(schema.column_names)}"
    return str(error)
