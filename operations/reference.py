"""Program `python -m operations.reference`: writes the generated pages of the documentation."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from operations.calls_page import calls_page
from operations.capabilities import capabilities_page
from operations.cost.estimate import estimate
from operations.cost.rates import load_prices, load_usage
from operations.decision_index import FOLDER, decisions_page, read_decisions
from operations.diagram import diagram
from operations.egress_page import egress_page
from operations.environment_fields import fields_page
from operations.outputs_page import outputs_page
from operations.policies_page import policies_page
from operations.synthesized import Resource, read_stacks
from policies.stack import Stack
from policies.verdict import synthesized

__all__ = ["pages", "policy_pages"]

_DOCS = Path(__file__).parent.parent / "docs"


def pages(stacks: Mapping[str, list[Resource]]) -> dict[Path, str]:
    """Return the generated pages about stacks, decisions, costs and fields, by path."""
    return {
        _DOCS / "architecture" / "provisioning.md": _provisioning(stacks),
        FOLDER / "README.md": decisions_page(read_decisions()),
        _DOCS / "reference" / "cost.md": _cost(stacks),
        _DOCS / "reference" / "egress.md": egress_page(),
        _DOCS / "reference" / "environment-fields.md": fields_page(),
        _DOCS / "reference" / "sandbox-patches.md": _patches(),
    }


def policy_pages(stacks: Iterable[Stack]) -> dict[Path, str]:
    """Return the generated pages about what stacks allow and return, by path."""
    stacks = tuple(stacks)
    return {
        _DOCS / "security" / "capabilities.md": capabilities_page(stacks),
        _DOCS / "reference" / "calls.md": calls_page(stacks),
        _DOCS / "reference" / "outputs.md": outputs_page(stacks),
        _DOCS / "reference" / "policies.md": policies_page(),
    }


def _provisioning(stacks: Mapping[str, list[Resource]]) -> str:
    counts = {name: Counter(resource.module for resource in found) for name, found in stacks.items()}
    rows = "\n".join(
        f"| {module} | " + " | ".join(str(count[module] or "-") for count in counts.values()) + " |"
        for module in sorted(set().union(*counts.values()))
    )
    totals = " | ".join(f"**{len(found)}**" for found in stacks.values())
    diagrams = "\n\n".join(
        f"## {name}\n\n```mermaid\n{diagram(found)}\n```" for name, found in stacks.items()
    )
    return f"""# Provisioning

`make docs` generates this page from the synthesized stacks; a test checks that it is current.

Each environment is one stack, which `stacks/platform.py` composes of the constructs in `modules/`. The table
counts the Terraform resources of each construct. In the diagrams, an arrow leads from a construct to one that
it uses. Nearly all constructs use `encryption` (one customer-managed key for all data), `boundary` (the
permissions boundary of all roles) and `manifest` (what the environment exposes to `terrarium.connect`); their
arrows are left out.

| construct | {" | ".join(stacks)} |
|---|{"---:|" * len(stacks)}
{rows}
| **total** | {totals} |

{diagrams}
"""


def _cost(stacks: Mapping[str, list[Resource]]) -> str:
    day, _ = load_prices()
    estimates = {name: {found.module: found for found in estimate(found)} for name, found in stacks.items()}
    modules = sorted({module for found in estimates.values() for module in found})
    header = "| module | " + " | ".join(f"{name} idle | {name} typical" for name in stacks) + " |"
    rows = [
        f"| {module} | "
        + " | ".join(
            f"{found[module].idle:,.2f} | {found[module].typical:,.2f}" if module in found else "- | -"
            for found in estimates.values()
        )
        + " |"
        for module in modules
    ]
    totals = " | ".join(
        f"**{sum(found.idle for found in modules_.values()):,.2f}** | "
        f"**{sum(found.typical for found in modules_.values()):,.2f}**"
        for modules_ in estimates.values()
    )
    typical = load_usage()["typical"]
    assumed = "\n".join(f"- {name.replace('_', ' ')}: {amount:g}" for name, amount in typical.items())
    return f"""# What an environment costs

`make docs` generates this page from the synthesized stacks, `operations/cost/prices.toml` (list prices in
USD, us-east-1, checked on {day}) and `operations/cost/usage.toml`; a test checks that it is current.
`terrarium cost <environment>` prints it for your own stacks.

In USD per month. Idle: deployed and unused. Typical: a team of five.

{header}
|---|{"---:|---:|" * len(stacks)}
{chr(10).join(rows)}
| **total** | {totals} |

## What typical means

A month of:

{assumed}
"""


def _patches() -> str:
    # In a process of its own: listing the patches applies them.
    table = subprocess.run(
        [Path(sys.executable).with_name("terrarium"), "sandbox", "patches", "--markdown"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    return f"""# What the sandbox replaces in moto

`make docs` generates this page from the sandbox; a test checks that it is current. `terrarium sandbox
patches` prints the same with line numbers. The sandbox extends exactly one version of
[moto](https://github.com/getmoto/moto): `terrarium_sandbox.patches` replaces its attributes, each with a
reason. "(added)" marks attributes that moto lacks. An attribute with several rows has several wrappers.

{table}"""


if __name__ == "__main__":
    with TemporaryDirectory(prefix="terrarium-reference-") as folder:
        stacks = synthesized(Path(folder))
        written = pages(read_stacks(Path(folder))) | policy_pages(stacks)
    for page, text in written.items():
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
        print(page.relative_to(Path.cwd()))
