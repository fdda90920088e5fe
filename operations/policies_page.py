"""The page about the kit's policies, and about the effects of planned changes by Terraform type."""

from collections.abc import Iterable
from typing import Any

from policies.catalogue import PLAN_POLICIES, POLICIES
from policies.plan.effects.effect import Effect, TypeEffects
from policies.plan.effects.types import TYPES
from policies.policy import Policy

__all__ = ["policies_page"]


def policies_page() -> str:
    """Return the page that lists every policy with its remedy, and every type with the effects of its changes."""
    effects = "\n".join(f"| `{kind}` | {_row(found)} |" for kind, found in sorted(TYPES.items()))
    return f"""# Policies and warnings

`make docs` generates this page from `policies/`; a test checks that it is current. `terrarium policy` also
runs checkov, cloudsplaining and the check of values ([how](../guides/policy.md)).

## Policies about stacks

{_table(POLICIES)}

## Policies about plans

{_table(PLAN_POLICIES)}

## What a planned change costs

`terrarium plan` warns of these effects in every tier. Outside of disposable environments, a change with the
consequence `interruption` or `protection` is a finding of `terrarium policy`, and `data-loss` is one
everywhere. `reduction` is only a warning. A type that is not in the table gets the worst: its deletion or
replacement is an interruption.

Attributes that are not in the table are compared by general rules: something that is switched off is an
interruption; a limit that gets lower and a list that loses members are a reduction. Other updates have no
effect.

| type | replaced | deleted | attributes with an effect |
|---|---|---|---|
{effects}
"""


def _table(policies: Iterable[Policy[Any]]) -> str:
    rows = "\n".join(f"| `{one.id}` | {_escaped(one.title)} | {_escaped(one.remedy)} |" for one in policies)
    return f"| check | rule | remedy |\n|---|---|---|\n{rows}"


def _row(effects: TypeEffects) -> str:
    replaced = _shown(effects.replaced)
    if effects.gapless and effects.replaced is not None:
        replaced += "; no effect if it is created first"
    attributes = ", ".join(f"`{path.replace('.*', '')}`" for path in effects.updated)
    return f"{replaced} | {_shown(effects.deleted)} | {attributes}"


def _shown(effect: Effect | None) -> str:
    return "no effect" if effect is None else f"*{effect.consequence}*: {_escaped(effect.text)}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "\\<")
