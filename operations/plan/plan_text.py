"""Changes in words: as drift, seen from the stack, and as a summary for a review."""

from collections import Counter
from collections.abc import Iterator, Mapping

from policies.plan.change import UNKNOWN, Change
from policies.plan.interruptions import interruption

__all__ = ["drift_in_words", "summary"]

_DRIFT = {
    "update": "differs from the stack",
    "replace": "differs from the stack so much that it would be made anew",
    "delete": "is in the account, and no longer in the stack",
}
_PLANNED = {"create": "create", "update": "change", "replace": "make anew", "delete": "destroy"}


def drift_in_words(changes: tuple[Change, ...], paths: Mapping[str, str]) -> Iterator[str]:
    """A line for each resource that does not match the stack, and one for each of its attributes."""
    for change in changes:
        where = f"{paths.get(change.address, change.address)} ({change.address.partition('.')[0]})"
        if change.action == "create":
            missing = (
                "was deleted from the account" if change.vanished else "is in the stack, and not deployed"
            )
            yield f"{where} {missing}"
        else:
            yield f"{where} {_DRIFT[change.action]}"
        for attribute in change.attributes:
            yield f"    {attribute.path} is {attribute.account}; the stack says {attribute.stack}"


def summary(environment: str, changes: tuple[Change, ...], paths: Mapping[str, str]) -> str:
    """What deploying would do to an environment, as Markdown for a pull request."""
    lines = [f"### {environment}: {_counted(changes)}", ""]
    losing = [_loss(change, paths) for change in changes if change.loses_data]
    if losing:
        lines += [f"**This ends what holds data: {', '.join(losing)}.**", ""]
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
    """Return the attributes that change, those first that force a replacement, and how many are not known yet."""
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
