"""Catalog operations of Athena's API: the databases and tables of Glue."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from moto.athena.responses import AthenaResponse
from moto.glue.exceptions import GlueClientError
from moto.glue.models import GlueBackend, glue_backends

from terrarium_sandbox.athena.tables.catalog import columns_of
from terrarium_sandbox.locks import ServiceLocks
from terrarium_sandbox.patches import patch
from terrarium_sandbox.services.athena.exceptions import InvalidRequestError, MetadataError

__all__ = ["install_data_catalog"]

_NAME = "AwsDataCatalog"
_PAGE = 50

_Answer = dict[str, Any]
_Operation = Callable[[GlueBackend, dict[str, Any]], _Answer]


def install_data_catalog(locks: ServiceLocks) -> None:
    """Answer calls about `AwsDataCatalog`; moto answers those about other catalogs."""
    for name, operation in (
        ("get_data_catalog", _get_data_catalog),
        ("get_database", _get_database),
        ("get_table_metadata", _get_table_metadata),
        ("list_databases", _list_databases),
        ("list_table_metadata", _list_table_metadata),
    ):
        stock = getattr(AthenaResponse, name, None)
        patch(
            AthenaResponse,
            name,
            _answering(operation, stock, locks),
            reason="moto's Athena has no AwsDataCatalog, whose databases and tables are Glue's.",
            adds=stock is None,
        )
    patch(
        AthenaResponse, "list_data_catalogs", _list_data_catalogs, reason="moto does not list AwsDataCatalog."
    )


def _list_data_catalogs(self: AthenaResponse) -> str:
    """List `AwsDataCatalog`, which every account has (Athena User Guide, "Data catalogs"), and other catalogs."""
    catalogs = [{"CatalogName": _NAME, "Type": "GLUE"}, *self.athena_backend.list_data_catalogs()]
    return json.dumps({"DataCatalogsSummary": catalogs})


def _answering(
    operation: _Operation, otherwise: Callable[[AthenaResponse], Any] | None, locks: ServiceLocks
) -> Callable[[AthenaResponse], Any]:
    def answer(self: AthenaResponse) -> Any:
        request: dict[str, Any] = json.loads(self.body)
        catalog = request.get("CatalogName") or request.get("Name", "")
        if catalog.lower() != _NAME.lower():
            if otherwise is None:
                raise InvalidRequestError(f"the sandbox has tables in {_NAME} only, not in {catalog}")
            return otherwise(self)
        glue = glue_backends[self.current_account][self.region]
        with locks.holding("glue"):
            try:
                return json.dumps(operation(glue, request))
            except GlueClientError as error:
                raise MetadataError(f"EntityNotFoundException: {error}") from error

    return answer


def _get_data_catalog(glue: GlueBackend, request: dict[str, Any]) -> _Answer:  # noqa: ARG001 - one signature for all
    return {"DataCatalog": {"Name": _NAME, "Type": "GLUE", "Status": "CREATE_COMPLETE"}}


def _get_database(glue: GlueBackend, request: dict[str, Any]) -> _Answer:
    return {"Database": _database(glue.get_database(request["DatabaseName"].lower()).as_dict())}


def _list_databases(glue: GlueBackend, request: dict[str, Any]) -> _Answer:
    databases = sorted((one.as_dict() for one in glue.get_databases()), key=lambda one: str(one["Name"]))
    return _page("DatabaseList", [_database(one) for one in databases], request)


def _get_table_metadata(glue: GlueBackend, request: dict[str, Any]) -> _Answer:
    table = glue.get_table(request["DatabaseName"].lower(), request["TableName"].lower())
    return {"TableMetadata": _table(table.as_dict())}


def _list_table_metadata(glue: GlueBackend, request: dict[str, Any]) -> _Answer:
    tables = [table.as_dict() for table in glue.get_tables(request["DatabaseName"].lower(), None)]
    pattern = re.compile(request.get("Expression") or ".*")
    found = sorted(
        (one for one in tables if pattern.fullmatch(one["Name"])), key=lambda one: str(one["Name"])
    )
    return _page("TableMetadataList", [_table(one) for one in found], request)


def _database(found: dict[str, Any]) -> _Answer:
    return {name: found[name] for name in ("Name", "Description", "Parameters") if found.get(name)}


def _table(found: dict[str, Any]) -> _Answer:
    return {
        "Name": found["Name"],
        "TableType": found.get("TableType", "EXTERNAL_TABLE"),
        "Columns": _columns(columns_of(found)),
        "PartitionKeys": _columns(found.get("PartitionKeys") or []),
        "Parameters": found.get("Parameters") or {},
    }


def _columns(columns: Sequence[dict[str, Any]]) -> list[_Answer]:
    return [
        {name: column[name] for name in ("Name", "Type", "Comment") if column.get(name)} for column in columns
    ]


def _page(name: str, items: list[_Answer], request: dict[str, Any]) -> _Answer:
    start, size = int(request.get("NextToken") or 0), request.get("MaxResults") or _PAGE
    more = {"NextToken": str(start + size)} if start + size < len(items) else {}
    return {name: items[start : start + size], **more}
