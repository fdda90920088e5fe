"""The platform as a diagram: its modules, and which of them use which."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from operations.synthesized import Resource

__all__ = ["diagram"]

_REFERENCE = re.compile(r"(aws_[a-z0-9_]+\.[A-Za-z0-9_-]+)")
# Used by nearly everything: a sentence says it better than a dozen arrows.
_EVERYWHERE = {"encryption", "boundary", "manifest"}


def diagram(resources: Sequence[Resource]) -> str:
    """A Mermaid flow chart: a box for every module with what it is made of, an arrow to each module that it uses."""
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
