"""Clauses of CREATE TABLE other than columns: location, format, partitions, properties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from terrarium_sandbox.athena.task import QueryFailure

__all__ = ["TableOptions", "read_options"]


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """The clauses of a CREATE TABLE. Names of properties are in lower case."""

    external: bool = False
    location: str | None = None
    comment: str | None = None
    format: str | None = None
    serde: str | None = None
    serde_parameters: Mapping[str, str] = field(default_factory=dict)
    partitioning: Sequence[exp.Expr] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def iceberg(self) -> bool:
        """True if the table is an Iceberg table."""
        return str(self.properties.get("table_type", "")).upper() == "ICEBERG"


def read_options(create: exp.Create) -> TableOptions:
    """Return the options of a statement.

    Raises:
        QueryFailure: The sandbox does not support a clause.
    """
    found: dict[str, Any] = {"properties": {}}
    properties = create.args.get("properties")
    for node in properties.expressions if properties else ():
        _read(node, found)
    options = dict(found.pop("properties"))
    if "format" in options and "format" not in found:
        found["format"] = str(options.pop("format")).upper()
    return TableOptions(properties=options, **found)


def _read(node: exp.Expr, found: dict[str, Any]) -> None:
    match node:
        case exp.ExternalProperty():
            found["external"] = True
        case exp.LocationProperty():
            found["location"] = node.name
        case exp.SchemaCommentProperty():
            found["comment"] = node.name
        case exp.PartitionedByProperty():
            found["partitioning"] = tuple(node.this.expressions)
        case exp.FileFormatProperty() if isinstance(node.this, exp.InputOutputFormat):
            found["format"] = node.this.args["input_format"].name
        case exp.FileFormatProperty():
            found["format"] = node.name.upper()
        case exp.RowFormatSerdeProperty():
            found["serde"] = node.name
            serde = node.args.get("serde_properties")
            found["serde_parameters"] = (
                {one.name: str(_value(one)) for one in serde.expressions} if serde else {}
            )
        case exp.RowFormatDelimitedProperty():
            fields = node.args.get("fields")
            found["serde_parameters"] = {"field.delim": fields.name if fields else "\x01"}
        case exp.Property() if node.name:
            value = _value(node)
            if node.name.lower() in {"partitioned_by", "partitioning"}:
                found["partitioning"] = tuple(map(exp.Literal.string, value))
            else:
                found["properties"][node.name.lower()] = value
        case _:
            raise QueryFailure(
                "NOT_SUPPORTED", f"the sandbox does not support the clause {node.sql('athena')}"
            )


def _value(node: exp.Expr) -> Any:
    value = node.args.get("value")
    if isinstance(value, exp.Array):
        return [one.name for one in value.expressions]
    if isinstance(value, exp.Boolean):
        return bool(value.this)
    return value.name if isinstance(value, exp.Expr) else value
