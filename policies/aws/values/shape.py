"""Shapes of values: one interface for CloudFormation's schemas and for botocore's models."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, Protocol

from botocore.model import ListShape, MapShape, StructureShape
from botocore.model import Shape as BotocoreShape

__all__ = ["ApiShape", "Kind", "SchemaShape", "Shape"]

Kind = Literal["structure", "list", "map", "document", "string", "number", "boolean"]


class Shape(Protocol):
    """The shape of a value."""

    @property
    def kind(self) -> Kind:
        """The kind of value; a `document` is JSON that the model does not describe further."""
        ...

    @property
    def members(self) -> Mapping[str, "Shape"]:
        """The members of a structure, by name."""
        ...

    @property
    def item(self) -> "Shape":
        """The shape of a list's items, or of a map's values."""
        ...


class ApiShape:
    """A shape of a botocore service model."""

    def __init__(self, shape: BotocoreShape) -> None:
        self._shape = shape

    @property
    def kind(self) -> Kind:
        """The kind of value."""
        if isinstance(self._shape, StructureShape):
            return "document" if self._shape.is_document_type else "structure"
        if isinstance(self._shape, ListShape):
            return "list"
        if isinstance(self._shape, MapShape):
            return "map"
        if self._shape.type_name in {"integer", "long", "float", "double"}:
            return "number"
        return "boolean" if self._shape.type_name == "boolean" else "string"

    @cached_property
    def members(self) -> Mapping[str, "ApiShape"]:
        """The members of a structure, by name."""
        if not isinstance(self._shape, StructureShape):
            return {}
        return {name: ApiShape(member) for name, member in self._shape.members.items()}

    @cached_property
    def item(self) -> "ApiShape":
        """The shape of a list's items, or of a map's values."""
        if isinstance(self._shape, ListShape):
            return ApiShape(self._shape.member)
        assert isinstance(self._shape, MapShape)  # noqa: S101
        return ApiShape(self._shape.value)


class SchemaShape:
    """A part of a CloudFormation resource schema.

    Args:
        schema: The part.
        root: The whole schema, which contains the definitions that parts refer to.
    """

    def __init__(self, schema: Mapping[str, Any], root: Mapping[str, Any]) -> None:
        while "$ref" in schema:
            target: Any = root
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            schema = target
        self._root = root
        # The first alternative that is a list or has members decides the kind.
        self._schema: Mapping[str, Any] = schema
        if "type" not in schema and "properties" not in schema:
            forms = (SchemaShape(form, root) for form in (*schema.get("oneOf", ()), *schema.get("anyOf", ())))
            self._schema = next(
                (form._schema for form in forms if form.kind in {"list", "structure"}), schema
            )

    @cached_property
    def kind(self) -> Kind:
        """The kind of value."""
        types = self._schema.get("type", "object" if "properties" in self._schema else "string")
        types = types if isinstance(types, list) else [types]
        if "array" in types:
            return "list"
        if self.members:
            return "structure"
        if "object" in types:
            return "map" if self._schema.get("patternProperties") else "document"
        if "integer" in types or "number" in types:
            return "number"
        return "boolean" if "boolean" in types else "string"

    @cached_property
    def members(self) -> Mapping[str, "SchemaShape"]:
        """The members of a structure, by name."""
        found = dict(self._schema.get("properties") or {})
        for form in (*self._schema.get("oneOf", ()), *self._schema.get("anyOf", ())):
            found = {**SchemaShape(form, self._root)._own_properties(), **found}
        return {name: SchemaShape(member, self._root) for name, member in found.items()}

    @cached_property
    def item(self) -> "SchemaShape":
        """The shape of a list's items, or of a map's values."""
        items = self._schema.get("items")
        if items is None:
            items = next(iter((self._schema.get("patternProperties") or {"": {"type": "string"}}).values()))
        return SchemaShape(items, self._root)

    def _own_properties(self) -> Mapping[str, Any]:
        return dict(self._schema.get("properties") or {})
