"""Requests and responses as jsii writes and reads them, without the converters that it takes through every value."""

import json
from collections.abc import Mapping
from typing import Any

import attr
from jsii._kernel.providers.process import _unstructure_ref, jdefault, ohook
from jsii._kernel.types import (
    CreateRequest,
    CreateResponse,
    GetRequest,
    GetResponse,
    InvokeRequest,
    InvokeResponse,
    KernelRequest,
    KernelResponse,
    ObjRef,
    Override,
    StaticInvokeRequest,
)

__all__ = ["decode", "encode", "read_response", "write_request"]

# All that a synthesis says, but for a dozen.
_APIS: dict[type[Any], str] = {
    CreateRequest: "create",
    GetRequest: "get",
    InvokeRequest: "invoke",
    StaticInvokeRequest: "sinvoke",
}
_FIELDS = {kind: tuple(field.name for field in attr.fields(kind)) for kind in _APIS}


def write_request(request: KernelRequest) -> dict[str, Any] | None:
    """The message of a request; none for the kinds that are left to jsii."""
    kind = type(request)
    if kind not in _APIS:
        return None
    return {**{field: getattr(request, field) for field in _FIELDS[kind]}, "api": _APIS[kind]}


def read_response(content: Any, kind: type[KernelResponse]) -> KernelResponse | None:
    """The response that a message brought; none for the kinds that are left to jsii."""
    if kind is CreateResponse:
        return CreateResponse(ref=content.ref)
    if kind is GetResponse:
        return GetResponse(value=content.get("value"))
    if kind is InvokeResponse:
        return InvokeResponse(result=content.get("result"))
    return None


def encode(message: Mapping[str, Any]) -> bytes:
    """A message as it is sent, without the end of its line."""
    return _ENCODER.encode(message).encode()


def decode(line: bytes) -> dict[str, Any]:
    """A message as it was received, with references as jsii has them."""
    message: dict[str, Any] = _DECODER.decode(line.decode())
    return message


def _default(value: Any) -> Any:
    if isinstance(value, ObjRef):
        return _unstructure_ref(value)  # type: ignore[no-untyped-call] # jsii has no hint there
    if isinstance(value, Override):
        return attr.asdict(value)
    return jdefault(value)  # type: ignore[no-untyped-call] # jsii has no hint there


_ENCODER, _DECODER = json.JSONEncoder(default=_default), json.JSONDecoder(object_hook=ohook)
