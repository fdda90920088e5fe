"""A waiver needs an owner and a reason."""

from datetime import date

import pytest
from pydantic import ValidationError

from modules.waivers import Waiver

SOUND = {"owner": "ml-platform", "reason": "a reason that says something", "expires": date(2027, 1, 31)}


def test_a_valid_waiver_is_read_as_it_was_written() -> None:
    waiver = Waiver.model_validate(SOUND)
    assert Waiver.model_validate(waiver.model_dump(mode="json")) == waiver


@pytest.mark.parametrize(
    "change", [{"owner": " "}, {"reason": "because"}, {"expires": None}, {"approved_by": "nobody"}]
)
def test_refuses_a_waiver_with_missing_or_unknown_fields(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Waiver.model_validate({**SOUND, **change})
