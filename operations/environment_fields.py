"""The page about the fields of an environment's file."""

import ast
import inspect
import json
from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Network
from itertools import groupby, pairwise
from pathlib import PurePosixPath
from textwrap import dedent
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from environments.change import Case, Change
from environments.fields import DeclaredField, declared_fields
from environments.tiers import TIERS, defaults_of

__all__ = ["fields_page"]

_CASES: Mapping[Case, str] = {
    "changed": "",
    "higher": "a higher value",
    "lower": "a lower value",
    "lower major version": "a lower major version",
    "removed": "removed",
    "switched off": "switched off",
}
_FEW = 4  # values that are listed in full
# The unit is the last part of a field's name.
_UNITS = {
    "days": "days",
    "hours": "hours",
    "minutes": "minutes",
    "seconds": "seconds",
    "gib": "GiB",
    "usd": "USD",
    "vcpus": "vCPUs",
    "capacity": "Aurora capacity units",
}
_KINDS: Mapping[Any, str] = {
    bool: "true or false",
    int: "integer",
    float: "number",
    str: "text",
    IPv4Network: "IPv4 network",
    PurePosixPath: "path",
}


def fields_page() -> str:
    """Return the page that lists every field: its type, its default by tier, and how a change of it is applied."""
    fields = [field for field in declared_fields() if field.path != "name"]  # the name is that of the file
    tables = "\n\n".join(
        f"## {_heading(section)}\n\n{_table(list(found))}"
        for section, found in groupby(fields, key=lambda field: field.path.rpartition(".")[0])
    )
    return f"""# Fields of an environment's file

`make docs` generates this page from the models in `environments/`; a test checks that it is current.

`terrarium plan <environment>` lists the fields that differ from the deployed configuration, in these words:

- **in place**: resources stay, and what users run goes on
- **in place with interruption**: resources stay, but do not answer for a while
- **replaced without interruption**, **replaced with interruption**: new resources take the place of the old
- **deleted**: resources are deleted with what they hold
- **refused**: the plan fails, and nothing changes

A default with three values is that of the tiers disposable, standard and critical.
[Change an environment](../guides/environments.md#change-an-environment) describes changes step by step.

{tables}
"""


def _heading(section: str) -> str:
    if not section:
        return "The environment"
    name, _, item = section.partition(".*")
    return f"`[[{section.removesuffix('.*')}]]`" if section.endswith(".*") else f"`[{name}{item}]`"


def _table(fields: list[DeclaredField]) -> str:
    rows = "\n".join(
        f"| `{field.name}` | {_meaning(field)} | {_type(field)} | {_default(field)} | {_changes(field)} |"
        for field in fields
    )
    return f"| field | meaning | type | default | a change |\n|---|---|---|---|---|\n{rows}"


def _meaning(field: DeclaredField) -> str:
    text = " ".join(_docstrings(field.section)[field.name].split())
    return text.split(". ")[0].split(": `")[0].rstrip(".:").replace("|", "\\|")


@cache
def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the text below each field of a model."""
    (definition,) = ast.parse(dedent(inspect.getsource(model))).body
    statements = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        field.target.id: str(text.value.value)
        for field, text in pairwise(statements)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }


def _type(field: DeclaredField) -> str:
    info = field.section.model_fields[field.name]
    lowest = next((str(one.ge) for one in info.metadata if isinstance(one, Ge)), None)
    highest = next((f"{one.le:,}" for one in info.metadata if isinstance(one, Le)), None)
    limits = f", {lowest} to {highest}" if lowest and highest else ""
    unit = _UNITS.get(field.name.rpartition("_")[2], "")
    return _kind(info.annotation) + (f" ({unit}{limits})" if unit else limits)


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        values = [f"`{json.dumps(value)}`" for value in get_args(annotation)]
        return " or ".join(values if len(values) <= _FEW else [", ".join([*values[:_FEW], "…"]), values[-1]])
    if get_origin(annotation) in {Union, UnionType}:
        return next(_kind(one) for one in get_args(annotation) if one is not NoneType)
    if get_origin(annotation) is tuple:
        kind = _kind(get_args(annotation)[0])
        return "list of sections" if kind == "section" else f"list of {kind}"
    if get_origin(annotation) in {dict, Mapping}:
        return "table"
    if hasattr(annotation, "__metadata__"):
        return _kind(get_args(annotation)[0])
    return _KINDS.get(annotation, "section")


def _default(field: DeclaredField) -> str:
    section, _, name = field.path.partition(".")
    by_tier = [defaults_of(tier).get(section, {}).get(name) for tier in TIERS]
    if any(value is not None for value in by_tier):
        shown = [_pools(value) if field.items else f"`{json.dumps(value)}`" for value in by_tier]
        return shown[0] if len(set(shown)) == 1 else ", ".join(shown)
    return _model_default(field.section.model_fields[field.name])


def _pools(pools: Any) -> str:
    return " and ".join(f"`{pool['name']}`" for pool in pools)


def _model_default(info: FieldInfo) -> str:
    value = info.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "required"
    if value is None or value in ((), {}) or isinstance(value, BaseModel):
        return "none"
    return f"`{json.dumps(value, default=str)}`"


def _changes(field: DeclaredField) -> str:
    return "<br>".join(
        f"{_condition(change, last=change is field.changes[-1] and len(field.changes) > 1)}**{change.effect}**"
        + (f". {change.how}" if change.how else "")
        for change in field.changes
    ).replace("|", "\\|")


def _condition(change: Change, *, last: bool) -> str:
    if last:
        return "otherwise: "
    stays = f"while `{change.while_used}` stay" if change.while_used else ""
    deployed = f"while `{change.while_deployed}` is true" if change.while_deployed else ""
    parts = [part for part in (_CASES[change.case], stays, deployed) if part]
    return f"{' '.join(parts)}: " if parts else ""
