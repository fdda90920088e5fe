"""Rules of EC2 about tags.

Source: Amazon EC2 User Guide, "Tag your Amazon EC2 resources", Tag restrictions.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.utils import get_service_model

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_KEY_CHARACTERS = 128
_VALUE_CHARACTERS = 256
_SOURCE = "Amazon EC2 User Guide, Tag your Amazon EC2 resources, Tag restrictions"


def _tagging_operations() -> tuple[str, ...]:
    model = get_service_model("ec2")
    return (
        "ec2:CreateTags",
        *(
            f"ec2:{name}"
            for name in model.operation_names
            if name.startswith(("Allocate", "Create", "Run"))
            and (shape := model.operation_model(name).input_shape) is not None
            and "TagSpecifications" in shape.members
        ),
    )


_TAGGING = _tagging_operations()


@rule("ec2-reserved-tag-prefix", on=_TAGGING, code="InvalidParameterValue", source=_SOURCE)
def ec2_reserved_tag_prefix(request: Request) -> str | None:
    """The key of a tag must not start with `aws:`."""
    if any(str(tag.get("Key", "")).lower().startswith("aws:") for tag in _tags(request)):
        return "Tag keys starting with 'aws:' are reserved for internal use"
    return None


@rule("ec2-tag-length", on=_TAGGING, code="InvalidParameterValue", source=_SOURCE)
def ec2_tag_length(request: Request) -> str | None:
    """The key of a tag has at most 128 characters, its value at most 256."""
    for tag in _tags(request):
        if len(tag.get("Key", "")) > _KEY_CHARACTERS:
            return f"Tag key exceeds the maximum length of {_KEY_CHARACTERS} characters"
        if len(tag.get("Value", "")) > _VALUE_CHARACTERS:
            return f"Tag value exceeds the maximum length of {_VALUE_CHARACTERS} characters"
    return None


def _tags(request: Request) -> Iterator[Mapping[str, Any]]:
    yield from request.get("Tags", ())
    for specification in request.get("TagSpecifications", ()):
        yield from specification.get("Tags", ())


RULES: tuple[Rule, ...] = (ec2_reserved_tag_prefix, ec2_tag_length)
