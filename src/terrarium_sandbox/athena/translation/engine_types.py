"""Types of the engine, in the notation of DuckDB's `typeof`: `DECIMAL(10,2)`, `MAP(VARCHAR, INTEGER[])`."""

__all__ = [
    "arguments",
    "element",
    "fields",
    "has_float",
    "is_decimal",
    "is_float",
    "is_integer",
    "is_list",
    "is_map",
    "is_row",
    "with_field_names",
]

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})
_FLOATS = frozenset({"DOUBLE", "FLOAT"})


def is_float(kind: str) -> bool:
    """Return whether a type is Trino's DOUBLE or REAL."""
    return kind in _FLOATS


def is_integer(kind: str) -> bool:
    """Return whether a type is an integer, or the sum of integers."""
    return kind in _INTEGERS


def is_decimal(kind: str) -> bool:
    """Return whether a type is DECIMAL."""
    return kind.startswith("DECIMAL")


def is_list(kind: str) -> bool:
    """Return whether a type is Trino's ARRAY."""
    return kind.endswith("[]")


def is_map(kind: str) -> bool:
    """Return whether a type is MAP."""
    return kind.startswith("MAP(") and not is_list(kind)


def is_row(kind: str) -> bool:
    """Return whether a type is Trino's ROW, with or without names of fields."""
    return kind.startswith(("STRUCT(", "TUPLE(")) and not is_list(kind)


def has_float(kind: str) -> bool:
    """Return whether a type is a floating-point number or contains one."""
    return any(name in kind for name in _FLOATS)


def element(kind: str) -> str:
    """Return the type of a list's elements."""
    return kind.removesuffix("[]")


def arguments(kind: str) -> list[str]:
    """Return the arguments in a type's parentheses."""
    _, _, inner = kind.partition("(")
    inner = inner.removesuffix(")")
    parts, depth, quoted, begin = [], 0, False, 0
    for position, character in enumerate(inner):
        if character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(inner[begin:position].strip())
            begin = position + 1
    return [*parts, inner[begin:].strip()] if inner else parts


def with_field_names(kind: str) -> str:
    """Return the type with names (`_0`, …) for unnamed fields, and a type for untyped parts."""
    if kind == '"NULL"':
        return "INTEGER"
    if is_list(kind):
        return f"{with_field_names(element(kind))}[]"
    if is_map(kind):
        return f"MAP({', '.join(map(with_field_names, arguments(kind)))})"
    if is_row(kind):
        parts = [
            (name if name is not None else f"_{position}", with_field_names(type_))
            for position, (name, type_) in enumerate(fields(kind))
        ]
        inner = ", ".join('"{}" {}'.format(name.replace('"', '""'), type_) for name, type_ in parts)
        return f"STRUCT({inner})"
    return kind


def fields(kind: str) -> list[tuple[str | None, str]]:
    """Return the fields of a row: name, or None for an unnamed field, and type."""
    if kind.startswith("TUPLE("):
        return [(None, one) for one in arguments(kind)]
    found: list[tuple[str | None, str]] = []
    for one in arguments(kind):
        if one.startswith('"'):
            end = one.index('"', 1)
            while one[end : end + 2] == '""':
                end = one.index('"', end + 2)
            found.append((one[1:end].replace('""', '"'), one[end + 1 :].strip()))
        else:
            name, _, rest = one.partition(" ")
            found.append((name, rest.strip()))
    return found
