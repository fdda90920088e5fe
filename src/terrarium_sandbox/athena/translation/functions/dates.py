"""Translations of date and time functions (Trino documentation, "Date and time functions and operators")."""

from sqlglot import exp

from terrarium_sandbox.athena.datetime_patterns import mysql_pattern, strftime_pattern
from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.call import Argument, Call, function, sql, text_literal

__all__ = ["FUNCTIONS"]

_ZONED = "TIMESTAMP WITH TIME ZONE"
_UNITS = frozenset({"millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"})
_DATE_UNITS = frozenset({"day", "week", "month", "quarter", "year"})


def _unit(call: Call) -> str:
    unit = text_literal(call[0], call).lower()
    if unit not in _UNITS:
        raise QueryFailure("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid TIMESTAMP field")
    return unit


def _check_date(kind: str, unit: str) -> None:
    if kind == "DATE" and unit not in _DATE_UNITS:
        raise QueryFailure("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid DATE field")


def _add(call: Call) -> str:
    unit, amount, moment = _unit(call), call[1], call[2]
    kind = moment.type
    _check_date(kind, unit)
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    days = {"day": 1, "week": 7}.get(unit)
    if months:
        interval = f"to_months(CAST({amount} * {months} AS INTEGER))"
    elif days:
        interval = f"to_days(CAST({amount} * {days} AS INTEGER))"
    else:
        interval = f"to_{unit}s({amount})"
    moved = f"({moment} + {interval})"
    return f"CAST({moved} AS DATE)" if kind == "DATE" else moved


def _diff(call: Call) -> str:
    """Return the number of complete units. The engine's date_diff counts unit boundaries."""
    unit, first, second = _unit(call), call[1], call[2]
    _check_date(first.type, unit)
    return f"date_sub('{unit}', {first}, {second})"


def _trunc(call: Call) -> str:
    unit, moment = _unit(call), call[1]
    kind = moment.type
    _check_date(kind, unit)
    cut = f"date_trunc('{unit}', {moment})"
    return f"CAST({cut} AS DATE)" if kind == "DATE" else cut


def _date_format(call: Call) -> str:
    moment, pattern = call[0], text_literal(call[1], call)
    return f"strftime({_timestamp(moment)}, '{_quoted(mysql_pattern(pattern))}')"


def _date_parse(call: Call) -> str:
    pattern = mysql_pattern(text_literal(call[1], call), parsing=True)
    return f"strptime({call[0]}, '{_quoted(pattern)}')"


def _format_datetime(call: Call) -> str:
    moment, pattern = call[0], text_literal(call[1], call)
    return f"strftime({_timestamp(moment)}, '{_quoted(strftime_pattern(pattern))}')"


def _parse_datetime(call: Call) -> str:
    pattern = strftime_pattern(text_literal(call[1], call))
    return f"CAST(strptime({call[0]}, '{_quoted(pattern)}') AS TIMESTAMPTZ)"


def _timestamp(moment: Argument) -> str:
    """Return a moment as a timestamp; with a zone, in UTC, the sandbox's only zone."""
    kind = moment.type
    return f"CAST({moment} AS TIMESTAMP)" if kind in {"DATE", _ZONED} else str(moment)


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _from_unixtime(call: Call) -> str:
    if len(call) == 3 or (len(call) == 2 and call[1].node.name.upper() not in {"UTC", "Z", "+00:00"}):
        raise call.refuse("returns timestamps in UTC: it supports no other zone")
    return f"make_timestamptz(CAST(round(CAST({call[0]} AS DOUBLE) * 1000) AS BIGINT) * 1000)"


def _to_iso8601(call: Call) -> str:
    moment = call[0]
    kind = moment.type
    if kind == "DATE":
        return f"CAST({moment} AS VARCHAR)"
    node = moment.node
    digits = 3
    if isinstance(node, exp.Cast) and node.this.is_string and node.to.expressions:
        digits = int(node.to.expressions[0].name)
    fraction = f" || '.' || left(strftime({moment}, '%f'), {digits})" if digits else ""
    zone = " || 'Z'" if kind == _ZONED else ""
    return f"(strftime({moment}, '%Y-%m-%dT%H:%M:%S'){fraction}{zone})"


def _at_timezone(call: Call) -> str:
    """Return the moment in a zone. Trino reads a moment without a zone in UTC, the engine in the given zone."""
    return f"timezone({call[1]}, CAST({call[0]} AS TIMESTAMPTZ))"


def _millisecond(call: Call) -> str:
    return f"(extract(millisecond FROM {call[0]}) % 1000)"


def _extracted(field: str) -> str:
    return f"extract({field} FROM {{a}})"


FUNCTIONS = {
    "at_timezone": function(_at_timezone, 2),
    "current_timestamp": sql(
        "date_trunc('milliseconds', now())", "CASE WHEN {a} IS NULL THEN NULL ELSE now() END"
    ),
    "current_timezone": sql("'UTC'"),
    "date": sql("CAST({a} AS DATE)"),
    "date_add": function(_add, 3),
    "date_diff": function(_diff, 3),
    "date_format": function(_date_format, 2),
    "date_parse": function(_date_parse, 2),
    "date_trunc": function(_trunc, 2),
    "day": sql(_extracted("day")),
    "day_of_month": sql(_extracted("day")),
    "day_of_week": sql(_extracted("isodow")),
    "day_of_year": sql(_extracted("doy")),
    "dow": sql(_extracted("isodow")),
    "doy": sql(_extracted("doy")),
    "format_datetime": function(_format_datetime, 2),
    "from_iso8601_date": sql("CAST(trino_iso8601_date({a}) AS DATE)"),
    "from_iso8601_timestamp": sql("CAST(trino_iso8601_timestamp({a}, 3) AS TIMESTAMPTZ)"),
    "from_iso8601_timestamp_nanos": sql("CAST(trino_iso8601_timestamp({a}, 6) AS TIMESTAMPTZ)"),
    "from_unixtime": function(_from_unixtime, 1, 3),
    "hour": sql(_extracted("hour")),
    "human_readable_seconds": sql("trino_human_readable_seconds(CAST({a} AS DOUBLE))"),
    "last_day_of_month": sql("last_day(CAST({a} AS DATE))"),
    "localtimestamp": sql(
        "date_trunc('milliseconds', CAST(now() AS TIMESTAMP))",
        "CASE WHEN {a} IS NULL THEN NULL ELSE CAST(now() AS TIMESTAMP) END",
    ),
    "millisecond": function(_millisecond, 1),
    "minute": sql(_extracted("minute")),
    "month": sql(_extracted("month")),
    "now": sql("date_trunc('milliseconds', now())"),
    "parse_datetime": function(_parse_datetime, 2),
    "parse_duration": sql("to_milliseconds(trino_duration_milliseconds({a}))"),
    "quarter": sql(_extracted("quarter")),
    "second": sql(_extracted("second")),
    "to_iso8601": function(_to_iso8601, 1),
    "to_milliseconds": sql("CAST(epoch_ms({a}) AS BIGINT)"),
    "to_unixtime": sql("epoch({a})"),
    "week": sql(_extracted("week")),
    "week_of_year": sql(_extracted("week")),
    "with_timezone": sql("timezone({b}, CAST({a} AS TIMESTAMP))"),
    "year": sql(_extracted("year")),
    "year_of_week": sql(_extracted("isoyear")),
    "yow": sql(_extracted("isoyear")),
}
