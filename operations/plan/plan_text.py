"""Texts of changes: lines about drift, and a Markdown summary of a plan for reviews."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from policies.plan.change import UNKNOWN, Change
from policies.plan.interruptions import interruption

__all__ = ["drift_lines", "summary"]

_DRIFT = {
    "update": "differs from the stack",
    "replace": "differs from the stack so much that Terraform would replace it",
    "delete": "is in the account, and no longer in the stack",
}
_PLANNED = {"create": "create", "update": "change", "replace": "replace", "delete": "destroy"}


def drift_lines(changes: tuple[Change, ...], paths: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each resource that does not match the stack, and one for each of its attributes."""
    for change in changes:
        where = f"{paths.get(change.address, change.address)} ({change.address.partition('.')[0]})"
        if change.action == "create":
            missing = (
                "was deleted from the account" if change.vanished else "is in the stack, but not deployed"
            )
            yield f"{where} {missing}"
        else:
            yield f"{where} {_DRIFT[change.action]}"
        for attribute in change.attributes:
            yield f"    {attribute.path} is {attribute.account} in the account and {attribute.stack} in the stack"


def summary(
    environment: str, changes: tuple[Change, ...], paths: Mapping[str, str], *, fields: Sequence[str] = ()
) -> str:
    """Return the changes of a plan as Markdown for a pull request.

    Args:
        environment: The environment.
        changes: The changes of its resources.
        paths: The construct path of each address.
        fields: The table of changed fields of its file, by line.
    """
    lines = [f"### {environment}: {_counted(changes)}", "", *fields]
    losing = [_loss(change, paths) for change in changes if change.loses_data]
    if losing:
        lines += [f"**This deletes or replaces resources that hold data: {', '.join(losing)}.**", ""]
    interrupting = [
        f"- `{paths.get(change.address, change.address)}`: {effect}"
        for change in changes
        if not change.loses_data and (effect := interruption(change))
    ]
    if interrupting:
        lines += ["**This interrupts users of the environment:**", "", *interrupting, ""]
    if changes:
        lines += ["| | construct | type | attributes |", "|---|---|---|---|"]
    for change in changes:
        path = paths.get(change.address, change.address)
        attributes = _attributes(change)
        kind = change.address.partition(".")[0]
        lines.append(f"| {_PLANNED[change.action]} | `{path}` | `{kind}` | {attributes} |")
    return "\n".join(lines) + "\n"


def _attributes(change: Change) -> str:
    """Return the changed attributes, those first that force a replacement, and the number of unknown ones."""
    forcing = [attribute.path for attribute in change.forced_by]
    known = [attribute.path for attribute in change.attributes if attribute.stack != UNKNOWN]
    pending = len(change.attributes) - len(known)
    named = ", ".join(dict.fromkeys([*forcing, *known]))
    return f"{named} and {pending} known after apply" if pending and named else named or _pending(pending)


def _pending(count: int) -> str:
    return f"{count} known after apply" if count else ""


def _loss(change: Change, paths: Mapping[str, str]) -> str:
    forcing = ", ".join(forced.path for forced in change.forced_by)
    return paths.get(change.address, change.address) + (f" (by {forcing})" if forcing else "")


def _counted(changes: tuple[Change, ...]) -> str:
    counts = Counter(_PLANNED[change.action] for change in changes)
    return ", ".join(f"{count} to {action}" for action, count in counts.items()) or "nothing to change"
