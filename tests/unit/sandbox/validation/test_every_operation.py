"""Valid requests of boto3 are parsed and violate nothing, for every operation of the used services."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ParamValidationError
from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape

from terrarium_sandbox.rules.enforcement import RuleViolationError
from terrarium_sandbox.validation.patterns import compile_pattern
from terrarium_sandbox.validation.validate import validate
from tests.unit.sandbox.sent_call import call_by, client_of

_SERVICES = (
    "athena", "batch", "budgets", "cloudtrail", "cloudwatch", "dynamodb", "ec2", "ecr", "ecs", "events", "glue", "iam",
    "kms", "logs", "rds", "s3", "sagemaker", "scheduler", "secretsmanager", "sns", "sqs", "ssm", "stepfunctions", "sts",
)  # fmt: skip
_EXAMPLES = (
    "a", "abcdefgh", "2026-01-01", "12345678", "123456789012", "v1", "/", "/a/", "a@example.com", "s3://bucket/key",
    "https://example.com/a", "0123456789abcdef0123456789abcdef", "01234567-0123-0123-0123-0123456789ab",
    "i-0123456789abcdef0", "arn:aws:iam::123456789012:role/example", "arn:aws:s3:::bucket", "$.a", "db.r6g.large",
    "rate(1 day)", "arn:aws:kms:eu-central-1:123456789012:key/01234567-0123-0123-0123-0123456789ab",
    "arn:aws:scheduler:eu-central-1:123456789012:schedule-group/a",
    "arn:aws:events:eu-central-1:123456789012:endpoint/a",
    "arn:aws:events:eu-central-1:123456789012:archive/a", "arn:aws:events:eu-central-1:123456789012:event-bus/a",
    "arn:aws:events:eu-central-1:123456789012:connection/a/01234567-0123-0123-0123-0123456789ab",
)  # fmt: skip
_DEPTH = 4


class NoExampleError(Exception):
    """None of the examples satisfies a pattern."""


def example(shape: Shape, depth: int = 0) -> Any:
    """A valid value of a shape: all members down to a depth, then the required ones."""
    if isinstance(shape, StructureShape):
        return dict(_members(shape, depth))
    if isinstance(shape, ListShape):
        return [example(shape.member, depth + 1)] * max(1, shape.metadata.get("min", 0))
    if isinstance(shape, MapShape):
        keys = [example(shape.key), *map(str, range(1, int(shape.metadata.get("min", 0))))]
        return {key: example(shape.value, depth + 1) for key in keys}
    if isinstance(shape, StringShape):
        return _text(shape)
    match shape.type_name:
        case "boolean":
            return True
        case "timestamp":
            return 1700000000
        case "blob":
            return b"x" * max(1, shape.metadata.get("min", 0))
        case "float" | "double":
            return float(shape.metadata.get("min", 1))
        case _:
            return int(shape.metadata.get("min", 1))


def _members(shape: StructureShape, depth: int) -> Iterator[tuple[str, Any]]:
    for name, member in shape.members.items():
        if name in shape.required_members:
            yield name, example(member, depth + 1)
        elif depth < _DEPTH and not (shape.is_tagged_union and name != next(iter(shape.members))):
            try:
                yield name, example(member, depth + 1)
            except NoExampleError:
                continue


def _text(shape: StringShape) -> str:
    if shape.enum:
        return str(shape.enum[0])
    least, most = int(shape.metadata.get("min", 0)), int(shape.metadata.get("max", 10**9))
    pattern = shape.metadata.get("pattern")
    for candidate in (*_EXAMPLES, "x" * least):
        text = candidate if len(candidate) >= least else candidate + "a" * (least - len(candidate))
        if len(text) <= most and (pattern is None or compile_pattern(pattern)(text)):
            return text
    raise NoExampleError(shape.name)


def _problem(client: Any, operation: OperationModel) -> str | None:
    """Return why a valid request is refused; None if it is not."""
    parameters = example(operation.input_shape) if operation.input_shape else {}
    try:
        validate(call_by(client, xform_name(operation.name), **parameters))
    except ParamValidationError as error:
        raise NoExampleError(operation.name) from error
    except RuleViolationError as refusal:
        return f"{operation.name}: {refusal.message}"
    return None


@pytest.mark.parametrize("service", _SERVICES)
def test_a_valid_request_violates_nothing(service: str) -> None:
    client = client_of(service)
    model = client.meta.service_model
    problems, without_example = [], 0
    for name in model.operation_names:
        try:
            problems.append(_problem(client, model.operation_model(name)))
        except NoExampleError:
            without_example += 1
    assert [problem for problem in problems if problem is not None] == []
    assert without_example <= len(model.operation_names) / 5
