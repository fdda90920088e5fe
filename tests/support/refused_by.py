"""Assertion that a rule of the sandbox refuses a request, for boto3 clients."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError

from terrarium_sandbox.http.error_response import RULE_HEADER
from terrarium_sandbox.rules import RULES

__all__ = ["refused_by"]


@contextmanager
def refused_by(rule_id: str, *, message: str = "") -> Iterator[None]:
    """Assert that what is done within is refused by exactly this rule, with the rule's error code.

    Args:
        rule_id: The rule's id, as a literal: `test_every_rule.py` looks for it.
        message: What the error's message contains.
    """
    (rule,) = [rule for rule in RULES if rule.id == rule_id]
    with pytest.raises(ClientError) as caught:
        yield
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPHeaders"].get(RULE_HEADER) == rule_id, response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == rule.status
    assert response["Error"]["Code"] == rule.code
    assert message in response["Error"]["Message"]
    assert response["ResponseMetadata"]["RequestId"]
