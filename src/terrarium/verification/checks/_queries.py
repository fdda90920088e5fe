"""Queries: SQL by Athena in the environment's workgroup."""

from terrarium.verification.check import Check, CheckFailedError, Observation
from terrarium.verification.workspace import Workspace

__all__ = ["QUERY"]

_MINIMUM_TIB = 10 / 1024 / 1024  # Athena bills at least 10 MB a query. Source: Athena pricing.


def _query(workspace: Workspace) -> Observation:
    rows = workspace.lab.warehouse.query("SELECT 40 + 2 AS answer", timeout=120).to_pylist()
    if rows != [{"answer": 42}]:
        raise CheckFailedError(f"Athena answered {rows} to SELECT 40 + 2")
    return Observation(
        f"workgroup {workspace.lab.manifest.features.workgroup}", {"athena_tib_scanned": _MINIMUM_TIB}
    )


QUERY = Check(
    name="Athena",
    run=_query,
    cause="the workgroup is disabled, or the role lacks athena:StartQueryExecution on it or rights on the bucket of "
    "query results",
    needs=("connect", "artifacts"),  # results are objects, encrypted with the same key
    capability="features",
)
