"""Translation of UNNEST: arrays, arrays of rows and maps as parallel columns, shorter ones filled with NULL."""

from typing import TYPE_CHECKING

from sqlglot import exp

from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.engine_types import element, fields, is_list, is_map, is_row

if TYPE_CHECKING:
    from terrarium_sandbox.athena.translation.operators import OperatorTranslation

__all__ = ["unnested"]


def unnested(translation: "OperatorTranslation", node: exp.Unnest) -> str:
    """Return a subquery with one column per array, two per map, and one per field of an array of rows."""
    alias = node.args.get("alias")
    given = [column.name for column in alias.columns] if alias is not None else []
    ordinality = node.args.get("offset")
    columns: list[tuple[str, str]] = []
    lengths = []
    unknown = False
    for expression in node.expressions:
        operand = translation.argument(expression)
        kind = operand.type
        text = str(operand)
        unknown = unknown or not kind
        if is_map(kind):
            lengths.append(f"CAST(cardinality({text}) AS BIGINT)")
            columns += [(f"map_keys({text})[i]", ""), (f"map_values({text})[i]", "")]
        elif is_list(kind) and is_row(element(kind)):
            lengths.append(f"len({text})")
            columns += [
                _field(text, position, name) for position, (name, _) in enumerate(fields(element(kind)))
            ]
        elif is_list(kind) or not kind or kind == '"NULL"':
            lengths.append(f"len({text})")
            columns.append((f"{text}[i]", ""))
        else:
            raise QueryFailure("TYPE_MISMATCH", f"Cannot unnest type: {kind.lower()}")
    if unknown:  # in the first round, the number of columns is not yet known
        columns += [("NULL", name) for name in given[len(columns) :]]
    names = given or [name or f"_col{position}" for position, (_, name) in enumerate(columns)]
    if len(names) != len(columns):
        raise QueryFailure(
            "MISMATCHED_COLUMN_ALIASES",
            f"Column alias list has {len(names)} entries but the relation has {len(columns)} columns",
        )
    selected = [f'{text} AS "{name.lower()}"' for (text, _), name in zip(columns, names, strict=True)]
    if ordinality is not None:
        name = ordinality.name if isinstance(ordinality, exp.Identifier) else "ordinality"
        selected.append(f'i AS "{name.lower()}"')
    longest = f"greatest({', '.join(f'coalesce({length}, 0)' for length in lengths)})"
    indexes = f"SELECT unnest(range(1, {longest} + 1)) AS i"
    named = f' AS "{alias.name.lower()}"' if alias is not None and alias.name else ""
    return f"(SELECT {', '.join(selected)} FROM ({indexes})){named}"  # noqa: S608 - it is translated


def _field(text: str, position: int, name: str | None) -> tuple[str, str]:
    if name is None:
        return f"{text}[i][{position + 1}]", ""
    return f"struct_extract({text}[i], '{name}')", name
