"""`lab.extensions`: the values of extensions in the manifest."""

import pytest
from pydantic import BaseModel

from terrarium.errors import NotFoundError
from terrarium.extensions import ExtensionMismatchError, Extensions

VALUES = {"notifications": {"topic_arn": "arn:aws:sns:eu-central-1:111111111111:topic"}}


class Notifications(BaseModel):
    topic_arn: str


class Other(BaseModel):
    queue_url: str


def test_returns_the_values_of_an_extension() -> None:
    extensions = Extensions(VALUES, environment="dev")
    assert extensions["notifications"]["topic_arn"] == VALUES["notifications"]["topic_arn"]
    assert list(extensions) == ["notifications"]


def test_an_unknown_extension_lists_the_known_ones() -> None:
    with pytest.raises(NotFoundError, match="no extension 'alerts'; it has: notifications"):
        Extensions(VALUES, environment="dev")["alerts"]
    assert Extensions(VALUES, environment="dev").get("alerts") is None


def test_reads_the_values_into_a_model() -> None:
    found = Extensions(VALUES, environment="dev").read("notifications", Notifications)
    assert found == Notifications(topic_arn=VALUES["notifications"]["topic_arn"])


def test_states_what_does_not_match_the_model() -> None:
    with pytest.raises(ExtensionMismatchError, match=r"of 'dev' are no Other: .*queue_url"):
        Extensions(VALUES, environment="dev").read("notifications", Other)
