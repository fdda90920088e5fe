"""Markdown summary of a plan, for reviews."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from policies.plan.change import UNKNOWN, Attribute, Change
from policies.plan.warnings import Concern, PlanWarning

__all__ = ["summary"]

_PLANNED = {"create": "create", "update": "change", "replace": "replace", "delete": "destroy"}
# The most severe first.
_ORDER = {"delete": 0, "replace": 1, "update": 2, "create": 3}
_HEADLINES: Mapping[Concern, str] = {
    "administrator": "Only an administrator can deploy this (`cdktf deploy`); a workflow would stop half-way",
    "interruption": "This interrupts users of the environment",
    "protection": "This lifts protections, or ends alarms or records",
    "withdrawal": "This withdraws permissions",
    "reduction": "This reduces what users get",
}
_LONGEST_VALUES = 60


def summary(
    environment: str,
    changes: tuple[Change, ...],
    paths: Mapping[str, str],
    *,
    fields: Sequence[str] = (),
    warnings: Iterable[PlanWarning] = (),
) -> str:
    """Return a plan as Markdown for a pull request: changed fields, warnings, then the changes by severity.

    Args:
        environment: The environment.
        changes: The changes of its resources.
        paths: The construct path of each address.
        fields: The table of changed fields of its file, by line.
        warnings: What the plan costs the users of the environment.
    """
    lines = [f"### {environment}: {_counted(changes)}", "", *fields]
    losing = [_loss(change, paths) for change in changes if change.loses_data]
    if losing:
        lines += [f"**This deletes or replaces resources that hold data: {', '.join(losing)}.**", ""]
    lines += _warned(warnings, paths)
    named = [change for change in changes if not _only_pending(change)]
    if named:
        lines += ["| | construct | type | what changes |", "|---|---|---|---|"]
    for change in sorted(named, key=lambda change: _ORDER[change.action]):
        path = paths.get(change.address, change.address)
        lines.append(f"| {_PLANNED[change.action]} | `{path}` | `{change.kind}` | {_attributes(change)} |")
    pending = [paths.get(change.address, change.address) for change in changes if _only_pending(change)]
    if pending:
        changed = ", ".join(f"`{path}`" for path in pending)
        lines += ["", f"Changed only in values that AWS assigns: {changed}"]
    return "\n".join(lines) + "\n"


def _warned(warnings: Iterable[PlanWarning], paths: Mapping[str, str]) -> list[str]:
    by_concern: dict[Concern, dict[str, None]] = {}
    for warning in warnings:
        path = paths.get(warning.address, warning.address)
        by_concern.setdefault(warning.concern, {})[f"- `{path}`: {warning.text}"] = None
    return [
        line
        for concern, headline in _HEADLINES.items()
        if concern in by_concern
        for line in (f"**{headline}:**", "", *by_concern[concern], "")
    ]


def _only_pending(change: Change) -> bool:
    """Return whether every changed value is known only after the deployment."""
    return change.action == "update" and all(one.stack == UNKNOWN for one in change.attributes)


def _attributes(change: Change) -> str:
    """Return the changed attributes: those first that force a replacement, and the number of unknown ones last."""
    forcing = [f"**{_change(attribute)}**" for attribute in change.forced_by]
    known = [
        _change(attribute)
        for attribute in change.attributes
        if attribute.stack != UNKNOWN and attribute not in change.forced_by
    ]
    pending = sum(one.stack == UNKNOWN and one not in change.forced_by for one in change.attributes)
    named = ", ".join([*forcing, *known])
    return f"{named} and {_pending(pending)}" if pending and named else named or _pending(pending)


def _change(attribute: Attribute) -> str:
    """Return an attribute with its old and new value, or only its path if they are long."""
    if attribute.stack == UNKNOWN:
        return f"{attribute.path} ({attribute.account} to a value that AWS assigns)"
    values = f"{attribute.account} to {attribute.stack}"
    return f"{attribute.path} ({_escaped(values)})" if len(values) <= _LONGEST_VALUES else attribute.path


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "\\`")


def _pending(count: int) -> str:
    return f"{count} known after apply" if count else ""


def _loss(change: Change, paths: Mapping[str, str]) -> str:
    forcing = ", ".join(forced.path for forced in change.forced_by)
    return paths.get(change.address, change.address) + (f" (by {forcing})" if forcing else "")


def _counted(changes: tuple[Change, ...]) -> str:
    counts = Counter(_PLANNED[change.action] for change in changes)
    return ", ".join(f"{count} to {action}" for action, count in counts.items()) or "nothing to change"
