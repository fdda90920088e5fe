"""Regular expression functions."""

__all__ = ["CASES", "FAILURES", "SOURCE"]

SOURCE = "regexp.html"

CASES = [
    ("regexp_count('1a 2b 14m', '\\s*[a-z]+\\s*')", "3"),
    ("regexp_extract_all('1a 2b 14m', '\\d+')", "[1, 2, 14]"),
    ("regexp_extract_all('1a 2b 14m', '(\\d+)([a-z]+)', 2)", "[a, b, m]"),
    ("regexp_extract('1a 2b 14m', '\\d+')", "1"),
    ("regexp_extract('1a 2b 14m', '(\\d+)([a-z]+)', 2)", "a"),
    ("regexp_extract('abc', '\\d+')", None),
    ("regexp_extract('abc', '(x)?b', 1)", None),
    ("regexp_extract('2026-01', '(?<year>\\d{4})-(?<month>\\d\\d)', 2)", "01"),
    ("regexp_like('1a 2b 14m', '\\d+b')", "true"),
    ("regexp_like('1a 2b 14m', '^\\d+b')", "false"),
    ("regexp_like('ABC', '(?i)b')", "true"),
    ("regexp_like('foobar', 'foo(?=bar)')", "true"),
    ("regexp_like('foobaz', 'foo(?=bar)')", "false"),
    ("regexp_like('foobaz', 'foo(?!bar)')", "true"),
    ("regexp_like('abab', '(ab)\\1')", "true"),
    ("regexp_position('I have 23 apples, 5 pears and 13 oranges', '\\b\\d+\\b')", "8"),
    ("regexp_position('I have 23 apples, 5 pears and 13 oranges', '\\b\\d+\\b', 5)", "8"),
    ("regexp_position('I have 23 apples, 5 pears and 13 oranges', '\\b\\d+\\b', 12)", "19"),
    ("regexp_position('I have 23 apples, 5 pears and 13 oranges', '\\b\\d+\\b', 12, 1)", "19"),
    ("regexp_position('I have 23 apples, 5 pears and 13 oranges', '\\b\\d+\\b', 12, 2)", "31"),
    ("regexp_position('I have 23 apples, 5 pears and 13 oranges', '\\b\\d+\\b', 12, 3)", "-1"),
    ("regexp_replace('1a 2b 14m', '\\d+[ab] ')", "14m"),
    ("regexp_replace('1a 2b 14m', '(\\d+)([ab]) ', '3c$2 ')", "3ca 3cb 14m"),
    ("regexp_replace('2026-01-31', '(\\d+)-(\\d+)-(\\d+)', '$3.$2.$1')", "31.01.2026"),
    ("regexp_replace('2026-01', '(?<y>\\d+)-(?<m>\\d+)', '${m}/${y}')", "01/2026"),
    ("regexp_replace('a1', '\\d', '\\$0')", "a$0"),
    ("regexp_replace('a1', '(\\d)', '[$0]')", "a[1]"),
    ("regexp_replace('aaa', 'a', 'b')", "bbb"),
    ("regexp_replace('new york', '(\\w)(\\w*)', x -> upper(x[1]) || lower(x[2]))", "New York"),
    ("regexp_replace('a1b22', '(\\d+)', x -> CAST(CAST(x[1] AS integer) * 2 AS varchar))", "a2b44"),
    ("regexp_split('1a 2b 14m', '\\s*[a-z]+\\s*')", "[1, 2, 14, ]"),
    ("regexp_split('a,b', ',')", "[a, b]"),
    ("regexp_like(NULL, 'a')", None),
]

FAILURES = [
    ("regexp_extract('a', 'a', 1)", "INVALID_FUNCTION_ARGUMENT"),
    ("regexp_replace('a', 'a', '$5')", "INVALID_FUNCTION_ARGUMENT"),
    ("regexp_like('a', '(')", "INVALID_FUNCTION_ARGUMENT"),
    ("regexp_like('a', '\\p{Greek}')", "NOT_SUPPORTED"),
]
