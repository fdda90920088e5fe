"""Input transformers of targets always produce valid JSON."""

import json

from terrarium_sandbox.services.events.input_transformer import transform

_OBJECT = {"key": 'a "quoted" key', "size": 3}
_EVENT = {"source": "aws.s3", "detail": {"object": _OBJECT}}
_PATHS = {"key": "$.detail.object.key", "size": "$.detail.object.size", "object": "$.detail.object"}


def test_a_placeholder_becomes_json_and_within_quotes_text() -> None:
    told = transform(
        _EVENT, paths=_PATHS, template='{"key": <key>, "size": <size>, "said": "<key> of <size>"}'
    )
    assert json.loads(told) == {"key": 'a "quoted" key', "size": 3, "said": 'a "quoted" key of 3'}


def test_inserts_objects_of_the_event_as_json() -> None:
    told = transform(_EVENT, paths=_PATHS, template='{"object": <object>, "event": <aws.events.event.json>}')
    assert json.loads(told) == {"object": _OBJECT, "event": _EVENT}


def test_missing_values_are_empty_and_other_text_is_unchanged() -> None:
    told = transform(_EVENT, paths={"gone": "$.detail.gone"}, template='{"gone": <gone>, "said": "<other>"}')
    assert json.loads(told) == {"gone": "", "said": "<other>"}
