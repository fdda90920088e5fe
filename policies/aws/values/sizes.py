"""Check of values against documented quotas that no model contains: sizes of documents, and counts.

References count with the longest value that is plausible, so that a value that passes also fits on AWS.
"""

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from policies.aws.values.declared import Declared
from policies.aws.values.problem import Problem
from policies.stack import Stack

__all__ = ["SIZES", "Size", "size_problems"]

_KIB = 1024
_MOST_TAGS, _LONGEST_KEY, _LONGEST_VALUE = 50, 128, 256
_TAGS = 'Tagging AWS Resources and Tag Editor User Guide, "Tag naming limits and requirements"'
_OVERRIDES = 8192  # characters


class Size(NamedTuple):
    """A limit of one argument.

    Args:
        argument: The argument.
        measure: A function that returns the size of the value.
        most: A function that returns the limit, given all arguments.
        unit: The unit of the limit.
        source: The page on which AWS states the limit.
    """

    argument: str
    measure: Callable[[str], int]
    most: Callable[[Mapping[str, Any]], int]
    unit: str
    source: str


def _bytes(text: str) -> int:
    return len(text.encode())


def _without_whitespace(text: str) -> int:
    """Return the number of characters as IAM counts them: without white space."""
    return len("".join(json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False).split()))


def _decoded(text: str) -> int:
    return len(base64.b64decode(text))


def _always(most: int) -> Callable[[Mapping[str, Any]], int]:
    return lambda _: most


def _parameter(arguments: Mapping[str, Any]) -> int:
    return 4 * _KIB if arguments.get("tier", "Standard") == "Standard" else 8 * _KIB


_IAM = 'IAM User Guide, "IAM and AWS STS quotas"'
SIZES: Mapping[str, tuple[Size, ...]] = {
    "aws_batch_job_definition": tuple(
        Size(argument, _bytes, _always(24 * _KIB), "bytes", 'AWS Batch User Guide, "Service quotas"')
        for argument in ("container_properties", "node_properties", "ecs_properties")
    ),
    "aws_cloudwatch_event_rule": (
        Size(
            "event_pattern",
            len,
            _always(2048),
            "characters",
            'Amazon EventBridge User Guide, "Amazon EventBridge quotas"',
        ),
    ),
    "aws_ecs_task_definition": (
        Size(
            "container_definitions",
            _bytes,
            _always(64 * _KIB),
            "bytes",
            'Amazon ECS Developer Guide, "Amazon ECS service quotas"',
        ),
    ),
    "aws_iam_policy": (Size("policy", _without_whitespace, _always(6144), "characters", _IAM),),
    "aws_iam_role": (Size("assume_role_policy", _without_whitespace, _always(2048), "characters", _IAM),),
    "aws_kms_key": (
        Size("policy", _bytes, _always(32 * _KIB), "bytes", 'AWS KMS Developer Guide, "Resource quotas"'),
    ),
    "aws_launch_template": (
        Size(
            "user_data",
            _decoded,
            _always(16 * _KIB),
            "bytes",
            "botocore, ec2, RequestLaunchTemplateData.UserData",
        ),
    ),
    "aws_s3_bucket_policy": (
        Size("policy", _bytes, _always(20 * _KIB), "bytes", 'Amazon S3 User Guide, "Bucket policies"'),
    ),
    "aws_sns_topic_policy": (
        Size(
            "policy",
            _bytes,
            _always(30 * _KIB),
            "bytes",
            'Amazon SNS Developer Guide, "Amazon SNS API permissions", Policy quotas',
        ),
    ),
    "aws_sqs_queue_policy": (
        Size(
            "policy",
            _bytes,
            _always(8 * _KIB),
            "bytes",
            'Amazon SQS Developer Guide, "Quotas related to policies"',
        ),
    ),
    "aws_ssm_parameter": (
        Size("value", _bytes, _parameter, "bytes", "botocore, ssm, PutParameterRequest.Value"),
    ),
}


def size_problems(stack: Stack, declared: Sequence[Declared]) -> Iterator[Problem]:
    """Yield the values and counts that exceed a quota."""
    yield from _default_tags(stack, declared)
    for one in declared:
        yield from _documents(one)
        yield from _own_tags(one)
        yield from _overrides(one)
    yield from _attached_policies(declared)
    yield from _targets(declared)


def _documents(one: Declared) -> Iterator[Problem]:
    for size in SIZES.get(one.resource.kind, ()):
        value = one.arguments.get(size.argument)
        if isinstance(value, str) and (measured := size.measure(value)) > (most := size.most(one.arguments)):
            yield _problem(
                one, size.argument, f"it has {measured} {size.unit}, and {most} are allowed", size.source
            )


def _default_tags(stack: Stack, declared: Sequence[Declared]) -> Iterator[Problem]:
    """Yield the problems of the default tags, once for the stack."""
    for one in declared[:1]:
        for argument, message in _tag_faults(one.default_tags):
            yield Problem(stack.whole(), f"default_tags.{argument}", "aws-size", f"{message} ({_TAGS})")


def _own_tags(one: Declared) -> Iterator[Problem]:
    own = one.arguments.get("tags")
    if isinstance(own, Mapping):
        for argument, message in _tag_faults(own, others=len(one.default_tags.keys() - own.keys())):
            yield _problem(one, argument, message, _TAGS)


def _tag_faults(tags: Mapping[str, Any], *, others: int = 0) -> Iterator[tuple[str, str]]:
    if len(tags) + others > _MOST_TAGS:
        yield "tags", f"it has {len(tags) + others} tags, and {_MOST_TAGS} are allowed"
    for key, value in tags.items():
        if len(key) > _LONGEST_KEY or len(str(value)) > _LONGEST_VALUE:
            allowed = f"a key may have {_LONGEST_KEY} characters, a value {_LONGEST_VALUE}"
            yield f"tags.{key}", f"it is too long: {allowed}"
        if key.lower().startswith("aws:"):
            yield f"tags.{key}", "keys that begin with aws: are reserved for AWS"


def _overrides(one: Declared) -> Iterator[Problem]:
    """Yield the Batch steps of a state machine whose overrides are too long for ECS."""
    definition = one.arguments.get("definition")
    if one.resource.kind != "aws_sfn_state_machine" or not isinstance(definition, str):
        return
    for name, state in _states(json.loads(definition)):
        if "batch:submitJob" not in str(state.get("Resource")):
            continue
        step = state.get("Parameters", state.get("Arguments", {}))
        length = len(json.dumps(step.get("ContainerOverrides", {}), separators=(",", ":")))
        if length > _OVERRIDES:
            yield _problem(
                one,
                "definition",
                f"the overrides of {name!r} have {length} characters, and {_OVERRIDES} are allowed",
                "Amazon ECS API Reference, RunTask, overrides; ASFHyP3/hyp3#3041 for Batch's message",
            )


def _states(machine: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, state in machine.get("States", {}).items():
        yield name, state
        for nested in (*state.get("Branches", ()), state.get("Iterator", {}), state.get("ItemProcessor", {})):
            yield from _states(nested)


def _attached_policies(declared: Sequence[Declared]) -> Iterator[Problem]:
    yield from _counted(
        declared,
        "aws_iam_role_policy_attachment",
        "role",
        10,
        "managed policies are attached to the role",
        _IAM,
    )


def _targets(declared: Sequence[Declared]) -> Iterator[Problem]:
    source = 'Amazon EventBridge User Guide, "Amazon EventBridge quotas"'
    yield from _counted(
        declared, "aws_cloudwatch_event_target", "rule", 5, "targets belong to the rule", source
    )


def _counted(
    declared: Sequence[Declared], kind: str, argument: str, most: int, subject: str, source: str
) -> Iterator[Problem]:
    """Yield a problem for each resource that too many resources of a type belong to."""
    belonging = [one for one in declared if one.resource.kind == kind]
    counts = Counter(str(one.arguments.get(argument)) for one in belonging)
    for one in {str(one.arguments.get(argument)): one for one in belonging}.values():
        count = counts[str(one.arguments.get(argument))]
        if count > most:
            yield _problem(one, argument, f"{count} {subject}, and {most} are allowed", source)


def _problem(one: Declared, argument: str, message: str, source: str) -> Problem:
    return Problem(one.resource, argument, "aws-size", f"{message} ({source})")
