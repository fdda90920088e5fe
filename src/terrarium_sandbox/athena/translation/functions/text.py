"""Translations of string functions (Trino documentation, "String functions and operators") and `format`."""

from terrarium_sandbox.athena.translation.call import Call, function, sql
from terrarium_sandbox.athena.translation.engine_types import is_decimal, is_float, is_integer, is_list

__all__ = ["FUNCTIONS"]

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_WHITESPACE = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)"


def _length(call: Call) -> str:
    kind = call[0].type
    return f"octet_length({call[0]})" if kind == "BLOB" else f"CAST(length({call[0]}) AS BIGINT)"


def _substr(call: Call) -> str:
    """Return a substring. Position 0, or a position before the beginning, gives an empty text."""
    value, start = call[0], call[1]
    if value.type == "BLOB":
        size = call[2] if len(call) > 2 else "9223372036854775807"
        return f"trino_substr_bytes({value}, {start}, {size})"
    size = f", greatest({call[2]}, 0)" if len(call) > 2 else ""
    return (
        f"CASE WHEN {value} IS NULL OR {start} IS NULL THEN NULL WHEN {start} = 0 OR -{start} > length({value}) "
        f"THEN '' ELSE substring({value}, {start}{size}) END"
    )


def _pad(call: Call) -> str:
    value, size, filler = call.arguments
    if value.type == "BLOB":
        return f"trino_{call.name}_bytes({value}, {size}, {filler})"
    failing = f"trino_fail('{_ARGUMENT}', 'Padding string must not be empty')"
    negative = f"trino_fail('{_ARGUMENT}', 'Target length must be in the range [0..2147483647]')"
    return (
        f"CASE WHEN {filler} = '' THEN {failing} WHEN {size} < 0 THEN {negative} "
        f"ELSE {call.name}({value}, CAST({size} AS INTEGER), {filler}) END"
    )


def _trim(call: Call) -> str:
    characters = call[1] if len(call) > 1 else _WHITESPACE
    return f"{call.name}({call[0]}, {characters})"


def _concat_ws(call: Call) -> str:
    if len(call) == 2 and is_list(call[1].type):
        kept = f"list_filter({call[1]}, lambda cw: cw IS NOT NULL)"
        return (
            f"CASE WHEN {call[1]} IS NULL THEN NULL ELSE coalesce(array_to_string({kept}, {call[0]}), '') END"
        )
    return f"concat_ws({call.argument_list()})"


def _replace(call: Call) -> str:
    replacement = call[2] if len(call) > 2 else "''"
    value, search = call[0], call[1]
    return (
        f"CASE WHEN {search} = '' THEN trino_interleave({value}, {replacement}) "
        f"ELSE replace({value}, {search}, {replacement}) END"
    )


def _split(call: Call) -> str:
    if len(call) == 2 and call[1].node.is_string and call[1].node.name:
        return f"string_split({call[0]}, {call[1]})"
    limit = call[2] if len(call) > 2 else "2147483647"
    return f"trino_split({call[0]}, {call[1]}, {limit})"


def _split_part(call: Call) -> str:
    value, delimiter, index = call.arguments
    failing = f"trino_fail_integer('{_ARGUMENT}', 'Index must be greater than zero')"
    return f"list_extract(string_split({value}, {delimiter}), CASE WHEN {index} < 1 THEN {failing} ELSE {index} END)"


def _strpos(call: Call) -> str:
    if len(call) == 2:
        return f"CAST(strpos({call[0]}, {call[1]}) AS BIGINT)"
    return f"trino_strpos({call.argument_list()})"


def _codepoint(call: Call) -> str:
    failing = f"trino_fail_integer('{_ARGUMENT}', 'Input string must be a single character string')"
    return f"CASE WHEN length({call[0]}) <> 1 THEN {failing} ELSE unicode({call[0]}) END"


def _format(call: Call) -> str:
    """Return a call of `format`: arguments are passed to Python as text, with a letter for each argument's type."""
    texts, kinds = [], ""
    for argument in call.arguments[1:]:
        kind = argument.type
        kinds += _letter(kind)
        texts.append(f"CAST({argument} AS VARCHAR)")
    return f"trino_format({call[0]}, [{', '.join(texts)}]::VARCHAR[], '{kinds}')"


def _letter(kind: str) -> str:
    if is_integer(kind):
        return "i"
    if is_float(kind):
        return "f"
    if is_decimal(kind):
        return "d"
    if kind == "BOOLEAN":
        return "b"
    return "t" if kind in {"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"} else "s"


FUNCTIONS = {
    "chr": sql("chr(CAST({a} AS INTEGER))"),
    "codepoint": function(_codepoint, 1),
    "concat_ws": function(_concat_ws, 2, None),
    "ends_with": sql("ends_with({a}, {b})"),
    "format": function(_format, 2, None),
    "hamming_distance": sql("trino_hamming_distance({a}, {b})"),
    "length": function(_length, 1),
    "levenshtein_distance": sql("trino_levenshtein_distance({a}, {b})"),
    "lower": sql("lower({a})"),
    "lpad": function(_pad, 3),
    "ltrim": function(_trim, 1, 2),
    "luhn_check": sql("trino_luhn_check({a})"),
    "normalize": sql("trino_normalize({a}, 'NFC')"),
    "replace": function(_replace, 2, 3),
    "rpad": function(_pad, 3),
    "rtrim": function(_trim, 1, 2),
    "soundex": sql("trino_soundex({a})"),
    "split": function(_split, 2, 3),
    "split_part": function(_split_part, 3),
    "split_to_map": sql("trino_split_to_map({a}, {b}, {c})"),
    "split_to_multimap": sql("trino_split_to_multimap({a}, {b}, {c})"),
    "starts_with": sql("starts_with({a}, {b})"),
    "strpos": function(_strpos, 2, 3),
    "substr": function(_substr, 2, 3),
    "substring": function(_substr, 2, 3),
    "translate": sql("trino_translate({a}, {b}, {c})"),
    "trim": function(_trim, 1, 2),
    "upper": sql("upper({a})"),
    "uuid": sql("uuid()"),
}
