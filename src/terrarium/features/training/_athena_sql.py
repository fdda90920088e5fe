"""The lookup as an SQL statement for Athena (Trino's dialect)."""

from collections.abc import Sequence

from terrarium.features._lookup import Lookup
from terrarium.features.definition.dtype import element_type

__all__ = ["insert_statement"]

_TYPES = {
    "boolean": "boolean",
    "int": "integer",
    "long": "bigint",
    "float": "real",
    "double": "double",
    "string": "varchar",
    "timestamptz": "timestamp(6) with time zone",
}


def insert_statement(entities: str, joined: str, sources: Sequence[str], lookups: Sequence[Lookup]) -> str:
    """Return the statement that inserts a row into `joined` for each row of `entities`.

    Args:
        entities: Table with `row_number`, `row_time`, `key_N_0`, `key_N_1`, ... for the view of number N, and
            `earliest_N` if the view has a ttl.
        joined: Table with `row_number`, `found_N_0`, `found_N_1`, ...
        sources: The table of each view.
        lookups: The columns to look up.
    """
    columns = ["e.row_number"]
    joins = []
    for number, (source, lookup) in enumerate(zip(sources, lookups, strict=True)):
        found = [f"found_{number}_{position}" for position in range(len(lookup.columns))]
        if lookup.source.snapshot_id is None:
            columns += [
                f"{_null(lookup, name)} AS {alias}" for name, alias in zip(lookup.columns, found, strict=True)
            ]
            continue
        columns += [f"v{number}.{alias}" for alias in found]
        joins.append(f"LEFT JOIN ({_candidates(number, source, entities, lookup)}) v{number}")
        joins.append(f"ON v{number}.row_number = e.row_number AND v{number}.place = 1")
    return "\n".join(
        [f'INSERT INTO "{joined}"', f"SELECT {', '.join(columns)}", f'FROM "{entities}" e', *joins]
    )


def _candidates(number: int, source: str, entities: str, lookup: Lookup) -> str:
    """Return the query for all rows of a view that count for an entity row; the best has place 1."""
    view = lookup.source.view
    expressions = _expressions(lookup)
    features = [feature.name for feature in view.features]
    order = [f"{expressions[view.event_time]} DESC"]
    order += [f"{expressions[name]} DESC NULLS LAST" for name in (*view.times[1:], *features)]
    conditions = [f"e.key_{number}_{n} = {expressions[key]}" for n, key in enumerate(view.keys)]
    conditions.append(f"{expressions[view.event_time]} <= e.row_time")
    if view.ttl is not None:
        conditions.append(f"{expressions[view.event_time]} >= e.earliest_{number}")
    found = [f"{expressions[name]} AS found_{number}_{n}" for n, name in enumerate(lookup.columns)]
    place = f"row_number() OVER (PARTITION BY e.row_number ORDER BY {', '.join(order)}) AS place"
    rows = f'"{entities}" e JOIN "{source}" FOR VERSION AS OF {lookup.source.snapshot_id} v'
    # The names of tables and columns are generated, or were validated with the view.
    return f"SELECT {', '.join(['e.row_number', *found, place])} FROM {rows} ON {' AND '.join(conditions)}"  # noqa: S608


def _expressions(lookup: Lookup) -> dict[str, str]:
    """Return the expression for each column of the view: its name in the snapshot, or null if it has none there."""
    then = lookup.source.names_then()
    return {
        name: f'v."{then[name]}"' if name in then else _null(lookup, name)
        for name in lookup.source.view.dtypes
    }


def _null(lookup: Lookup, name: str) -> str:
    dtype = lookup.source.view.dtypes[name]
    element = element_type(dtype)
    kind = _TYPES[dtype] if element is None else f"array({_TYPES[element]})"
    return f"CAST(NULL AS {kind})"
