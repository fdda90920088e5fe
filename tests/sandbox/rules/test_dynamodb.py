"""Rules of DynamoDB about values."""

from functools import reduce
from typing import Any

import pytest

from tests.sandbox.rules.conftest import Client
from tests.support.refused_by import refused_by


@pytest.fixture
def dynamodb(client: Client) -> Any:
    """A client, and the table `values`."""
    dynamodb = client("dynamodb")
    if "values" not in dynamodb.list_tables()["TableNames"]:
        dynamodb.create_table(
            TableName="values",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    return dynamodb


def put(dynamodb: Any, value: dict[str, Any]) -> None:
    dynamodb.put_item(TableName="values", Item={"id": {"S": "1"}, "value": value})


def nested(levels: int) -> dict[str, Any]:
    return reduce(lambda inner, _: {"L": [inner]}, range(levels), {"S": "x"})


@pytest.mark.parametrize("number", ["1" * 38, "1" + "0" * 60, "1e125", "-1.5E-130", "0"])
def test_numbers_in_the_range_are_stored(dynamodb: Any, number: str) -> None:
    put(dynamodb, {"N": number})


@pytest.mark.parametrize("number", ["1" * 39, "0." + "1" * 39, "1e126", "1e-131"])
def test_numbers_have_38_digits_and_a_range(dynamodb: Any, number: str) -> None:
    with refused_by("number-precision"):
        put(dynamodb, {"N": number})
    with refused_by("number-precision"):
        dynamodb.update_item(
            TableName="values",
            Key={"id": {"S": "1"}},
            UpdateExpression="SET #v = :v",
            ExpressionAttributeNames={"#v": "value"},
            ExpressionAttributeValues={":v": {"M": {"N": {"N": number}}}},
        )


def test_items_are_nested_up_to_32_levels(dynamodb: Any) -> None:
    put(dynamodb, nested(32))
    with refused_by("item-nesting"):
        put(dynamodb, nested(33))
    request = {"PutRequest": {"Item": {"id": {"S": "1"}, "value": nested(33)}}}
    with refused_by("item-nesting"):
        dynamodb.batch_write_item(RequestItems={"values": [request]})


def test_the_values_of_a_set_are_unique(dynamodb: Any) -> None:
    put(dynamodb, {"SS": ["a", "b"]})
    with refused_by("set-without-duplicates"):
        put(dynamodb, {"SS": ["a", "a"]})
