"""Translation of date patterns of Joda to strftime, and refusals."""

from datetime import datetime

import pytest

from terrarium_sandbox.athena.datetime_patterns import strftime_pattern
from terrarium_sandbox.athena.task import QueryFailure


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy-MM-dd", "2026-03-05"),
        ("yyyy-MM-dd'T'HH:mm:ss", "2026-03-05T07:08:09"),
        ("d.M.yy", "5.3.26"),
        ("EEEE, MMMM d", "Thursday, March 5"),
        ("100% 'o''clock'", "100% o'clock"),
    ],
)
def test_a_pattern_keeps_its_meaning(pattern: str, text: str) -> None:
    assert datetime(2026, 3, 5, 7, 8, 9).strftime(strftime_pattern(pattern)) == text


def test_refuses_patterns_without_an_equivalent_in_strftime() -> None:
    with pytest.raises(QueryFailure, match="no equivalent of 'xx'"):
        strftime_pattern("xx")
