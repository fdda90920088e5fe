"""Texts of differences between an account and its stack."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from operations.drift.deployed import Addition
from policies.plan.change import Change

__all__ = ["Drift", "markdown", "text"]

_DRIFT = {
    "update": "differs from the stack",
    "replace": "differs from the stack so much that Terraform would replace it",
    "delete": "is in the account, and no longer in the stack",
}


class Drift(NamedTuple):
    """The differences between an account and its stack.

    Args:
        environment: The environment.
        changes: Changes that a deployment would make.
        additions: Additions that a deployment leaves.
        paths: The construct path of each address.
        reserved: By address, what only an administrator may change.
    """

    environment: str
    changes: tuple[Change, ...]
    additions: tuple[Addition, ...]
    paths: Mapping[str, str]
    reserved: Mapping[str, str]


def text(drift: Drift) -> str:
    """Return the differences as lines, with remedies."""
    return "\n".join((*_change_lines(drift), *_addition_lines(drift), *_verdict(drift)))


def markdown(drift: Drift) -> str:
    """Return the differences as Markdown, for the summary of a workflow."""
    lines = [f"### {drift.environment}: {_counted(drift)}", ""]
    if drift.changes or drift.additions:
        lines += ["```", text(drift), "```", ""]
    return "\n".join(lines) + "\n"


def _change_lines(drift: Drift) -> Iterator[str]:
    for change in drift.changes:
        where = f"{drift.paths.get(change.address, change.address)} ({change.kind})"
        if change.action == "create":
            missing = (
                "was deleted from the account" if change.vanished else "is in the stack, but not deployed"
            )
            yield f"{where} {missing}"
        else:
            yield f"{where} {_DRIFT[change.action]}"
        for attribute in change.attributes:
            yield f"    {attribute.path} is {attribute.account} in the account and {attribute.stack} in the stack"
        if change.address in drift.reserved:
            yield f"    only an administrator may change {drift.reserved[change.address]}"


def _addition_lines(drift: Drift) -> Iterator[str]:
    for addition in drift.additions:
        yield f"{addition.path}: {addition.description}; the stack does not contain it"
        yield f"    remove it: {addition.command}"


def _verdict(drift: Drift) -> Iterator[str]:
    yield f"{drift.environment}: {_counted(drift)}"
    if drift.changes:
        administrator = any(change.address in drift.reserved for change in drift.changes)
        who = ", as administrator of the account" if administrator else ""
        yield f"  -> revert the resources{who}: cdktf deploy {drift.environment}"
    if drift.additions:
        yield "  -> a deployment leaves the additions: run the commands above, or accept one with --accept ID:"
        yield from (f"     {addition.id}" for addition in drift.additions)


def _counted(drift: Drift) -> str:
    parts = []
    if drift.changes:
        parts.append(f"{_number(len(drift.changes), 'resource')} not match the stack")
    if drift.additions:
        parts.append(
            f"{len(drift.additions)} {'addition' if len(drift.additions) == 1 else 'additions'} by hand"
        )
    return ", ".join(parts) or "all resources match the stack"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun} does" if count == 1 else f"{count} {noun}s do"
