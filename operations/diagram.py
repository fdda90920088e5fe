"""Diagram of a stack: its modules, and arrows between modules that use each other."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from operations.synthesized import Resource

__all__ = ["diagram"]

_REFERENCE = re.compile(r"(aws_[a-z0-9_]+\.[A-Za-z0-9_-]+)")
# Nearly all modules use these: a sentence on the page replaces a dozen arrows.
_EVERYWHERE = {"encryption", "boundary", "manifest"}


def diagram(resources: Sequence[Resource]) -> str:
    """Return a Mermaid flow chart: a box per module with its resources, and arrows to the modules that it uses."""
    module_of = {resource.address: resource.module for resource in resources}
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    uses = set()
    for resource in resources:
        kinds[resource.module][resource.kind.removeprefix("aws_")] += 1
        for address in _REFERENCE.findall(json.dumps(resource.attributes)):
            used = module_of.get(address.partition(".")[0] + "." + address.partition(".")[2])
            if used not in (None, resource.module):
                uses.add((resource.module, used))
    lines = ["flowchart LR"]
    lines += [f'  {module}["<b>{module}</b><br/>{_contents(kinds[module])}"]' for module in sorted(kinds)]
    lines += [
        f"  {module} --> {used}"
        for module, used in sorted(uses)
        if module not in _EVERYWHERE and used not in _EVERYWHERE
    ]
    return "\n".join(lines)


def _contents(kinds: Counter[str]) -> str:
    shown = [f"{kind} x {count}" if count > 1 else kind for kind, count in kinds.most_common(4)]
    rest = sum(kinds.values()) - sum(count for _, count in kinds.most_common(4))
    return "<br/>".join([*shown, f"and {rest} more"] if rest else shown)
