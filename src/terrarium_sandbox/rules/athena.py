"""Rules of Athena."""

import re

from moto.athena.models import athena_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_MODEL = "Athena API model (botocore)"
_EXTERNAL_LOCATION = re.compile(
    r"\bCREATE\s+TABLE\b.*\bWITH\s*\([^)]*\bexternal_location\s*=.*\bAS\b", re.IGNORECASE | re.DOTALL
)


@rule(
    "ctas-external-location",
    on=("athena:StartQueryExecution",),
    code="InvalidRequestException",
    source="dbt-labs/dbt-athena issue 176; Athena User Guide, Considerations and limitations for CTAS queries",
)
def ctas_external_location(request: Request) -> str | None:
    """CREATE TABLE AS SELECT must not have an external_location where the workgroup enforces its own location."""
    group = request.backend(athena_backends).work_groups.get(request.get("WorkGroup") or "primary")
    if group is None or not group.configuration.get("EnforceWorkGroupConfiguration"):
        return None
    if not (group.configuration.get("ResultConfiguration") or {}).get("OutputLocation"):
        return None
    if not _EXTERNAL_LOCATION.search(request.get("QueryString") or ""):
        return None
    return (
        "The Create Table As Select query failed because it was submitted with an 'external_location' property to an "
        "Athena Workgroup that enforces a centralized output location for all queries. Please remove the "
        "'external_location' property and resubmit the query."
    )


@rule(
    "workgroup-primary",
    on=("athena:DeleteWorkGroup",),
    code="InvalidRequestException",
    source=f"{_MODEL}, DeleteWorkGroup: the primary workgroup cannot be deleted",
)
def workgroup_primary(request: Request) -> str | None:
    """The workgroup `primary` must not be deleted."""
    return "The primary workgroup cannot be deleted" if request.get("WorkGroup") == "primary" else None


@rule(
    "workgroup-not-empty",
    on=("athena:DeleteWorkGroup",),
    code="InvalidRequestException",
    source=f"{_MODEL}, DeleteWorkGroupInput.RecursiveDeleteOption",
)
def workgroup_not_empty(request: Request) -> str | None:
    """A workgroup with queries must not be deleted unless its contents are deleted too."""
    athena, name = request.backend(athena_backends), request.get("WorkGroup")
    contents = [*athena.executions.values(), *athena.named_queries.values()]
    if request.get("RecursiveDeleteOption"):
        return None
    if any(getattr(one.workgroup, "name", one.workgroup) == name for one in contents):
        return f"WorkGroup {name} is not empty"
    return None


RULES: tuple[Rule, ...] = (ctas_external_location, workgroup_primary, workgroup_not_empty)
