"""What Trino's functions mean, in DuckDB's SQL. Types are known when a macro is bound: `typeof` is a constant there."""

__all__ = ["MACROS"]

MACROS = r"""
CREATE MACRO trino_is_float(x) AS typeof(x) IN ('DOUBLE', 'FLOAT');
CREATE MACRO trino_is_decimal(x) AS typeof(x) LIKE 'DECIMAL%';
CREATE MACRO trino_scale(x) AS coalesce(TRY_CAST(regexp_extract(typeof(x), ',(\d+)\)', 1) AS INTEGER), 0);

-- What is decimal keeps the larger of the scales.
CREATE MACRO trino_quotient(a, b) AS CASE
    WHEN (trino_is_decimal(a) OR trino_is_decimal(b)) AND NOT trino_is_float(a) AND NOT trino_is_float(b)
        THEN round(a / b, greatest(trino_scale(a), trino_scale(b)))
    ELSE a / b
END;

CREATE MACRO trino_random(low, high) AS low + CAST(floor(random() * (high - low)) AS BIGINT);

CREATE MACRO trino_regexp_extract(s, pattern, g) AS CASE WHEN regexp_matches(s, pattern)
    THEN regexp_extract(s, pattern, g) END;
CREATE MACRO trino_split_part(s, delimiter, i) AS string_split(s, delimiter)[i];
CREATE MACRO trino_substr(s, start) AS CASE WHEN start = 0 THEN '' ELSE substring(s, start) END,
    (s, start, size) AS CASE WHEN start = 0 THEN '' ELSE substring(s, start, size) END;
CREATE MACRO codepoint(x) AS unicode(x);
CREATE MACRO trino_array_position(a, x) AS CASE WHEN a IS NULL OR x IS NULL THEN NULL
    ELSE coalesce(list_position(a, x), 0) END;
"""
