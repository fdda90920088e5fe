"""A waiver without an owner or a reason is refused where it is written."""

from datetime import date

import pytest
from pydantic import ValidationError

from modules.waivers import Waiver

SOUND = {"owner": "ml-platform", "reason": "a reason that says something", "expires": date(2027, 1, 31)}


def test_a_sound_one_is_read_back_as_it_was_written() -> None:
    waiver = Waiver.model_validate(SOUND)
    assert Waiver.model_validate(waiver.model_dump(mode="json")) == waiver


@pytest.mark.parametrize(
    "change", [{"owner": " "}, {"reason": "because"}, {"expires": None}, {"approved_by": "nobody"}]
)
def test_one_that_says_too_little_or_something_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Waiver.model_validate({**SOUND, **change})
