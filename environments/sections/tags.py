"""The section `tags`: tags that a company prescribes."""

from collections.abc import Mapping
from typing import Final

from environments.sections.section import refused_letters

__all__ = ["KIT_TAGS", "MOST_TAGS", "check_tags", "with_company_tags"]

KIT_TAGS: Final[Mapping[str, str]] = {
    "environment": "its value is the name of the environment, and it restricts roles",
    "use-case": "set the field use_case",
    "owner": "set the field owner",
    "cost-center": "set the field cost_center",
    "managed-by": "its value is terrarium",
}
"""The keys of the kit's own tags, and why a company's tags cannot have the same key."""

_ADDED = ("name", "operation", "pipeline", "run", "step")
"""Keys of further tags of the kit: of resources of EC2, and of jobs."""

# All services: 1 to 128 characters of a key, up to 256 of a value, no key that begins with `aws:`. Source: AWS General
# Reference, "Tag naming limits and requirements".
_LONGEST_KEY, _LONGEST_VALUE = 128, 256
# API models: a pattern with these characters is in those of ECS, IAM, CloudWatch Logs, SageMaker and Systems Manager;
# EventBridge Scheduler and CloudTrail demand a value of one character.
_STRICT = "IAM, ECS, SageMaker, CloudWatch Logs and Systems Manager"
_NOT_EMPTY = "EventBridge Scheduler and CloudTrail"
# A resource has at most 50 tags, a job up to 13 of the kit and of its user. The manifest contains the tags, and a
# parameter of Systems Manager has 8 KB.
MOST_TAGS: Final = 20
_MOST_CHARACTERS = 1500


def check_tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Return a company's tags. Raise ValueError for one that a service would refuse, or that the kit has itself."""
    for key, value in tags.items():
        _check_key(key)
        if len(value) > _LONGEST_VALUE:
            raise ValueError(f"the value of {key!r} has {len(value)} characters; AWS allows {_LONGEST_VALUE}")
        if not value:
            raise ValueError(f"the value of {key!r} is empty, which {_NOT_EMPTY} refuse")
        for text in (key, value):
            if text != text.strip():
                raise ValueError(f"tag {key!r} must not begin or end with white space")
            if wrong := refused_letters(text):
                raise ValueError(
                    f"tag {key!r}: {_STRICT} refuse {' '.join(map(repr, wrong))}; letters, digits, spaces and "
                    "_ . : / = + - @"
                )
    folded = [key.lower() for key in tags]
    if twice := sorted(key for key in tags if folded.count(key.lower()) > 1):
        raise ValueError(f"{' and '.join(twice)} differ in case only: IAM refuses them as duplicates")
    if sum(len(key) + len(value) for key, value in tags.items()) > _MOST_CHARACTERS:
        raise ValueError(f"keys and values have more than {_MOST_CHARACTERS:,} characters together")
    return tags


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise ValueError(f"a key has 1 to {_LONGEST_KEY} characters, not {len(key)}: {key!r}")
    if key.lower().startswith(("aws:", "rds:", "terrarium")):
        raise ValueError(f"{key!r} begins with a prefix that AWS, RDS or the kit reserves")
    if key.lower() == "environment" or key in KIT_TAGS:
        reason = KIT_TAGS[key.lower()]
        raise ValueError(f"{key!r} is a tag of the kit (IAM does not distinguish case): {reason}")
    if key.lower() in _ADDED:
        raise ValueError(f"{key!r} is a tag of the kit, with another value for each resource or job")


def with_company_tags(own: Mapping[str, str], company: Mapping[str, str]) -> dict[str, str]:
    """Return the kit's tags and the company's. A key that differs in case only replaces the kit's.

    IAM would refuse `owner` and `Owner` on one role as duplicates (IAM User Guide, "Tags for IAM resources").
    """
    given = {key.lower() for key in company}
    return {key: value for key, value in own.items() if key not in given} | dict(company)
