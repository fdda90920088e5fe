"""Corrections of moto that apply to all services."""

from functools import cache
from typing import Any

import moto.core.responses
from moto.core.common_models import BaseModel
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores, method_names_from_class

from terrarium_sandbox.http.aws_request import presigned_access_key
from terrarium_sandbox.patches import patch
from terrarium_sandbox.state.touched_backends import track_backends

__all__ = ["correct_moto"]


def correct_moto() -> None:
    """Correct the core of moto, once per process."""
    _refuse_unknown_operations()
    _forget_unused_models()
    _find_the_account_of_presigned_urls()
    track_backends()


def _refuse_unknown_operations() -> None:

    names_of: Any = cache(method_names_from_class)
    patch(
        moto.core.responses,
        "method_names_from_class",
        names_of,
        reason="moto lists the methods of a class again for every request.",
    )
    call_action = BaseResponse.call_action

    def call_known_action(self: BaseResponse) -> TYPE_RESPONSE:
        operation = self._get_action()
        if not operation or camelcase_to_underscores(operation) not in names_of(type(self)):
            raise NotImplementedError(operation or f"{self.method} {self.path}")
        return call_action(self)

    patch(
        BaseResponse,
        "call_action",
        call_known_action,
        reason="moto answers an operation that it does not know with an empty 404.",
    )


def _forget_unused_models() -> None:
    def create(cls: type[BaseModel], *_: Any, **__: Any) -> BaseModel:
        return object.__new__(cls)

    patch(
        BaseModel,
        "__new__",
        create,
        reason="moto keeps every object that it ever made, for a page that the sandbox does not show.",
    )


def _find_the_account_of_presigned_urls() -> None:
    get_access_key = BaseResponse.get_access_key

    def get_any_access_key(self: BaseResponse) -> str:
        return presigned_access_key(self.parsed_url.query) or get_access_key(self)

    patch(
        BaseResponse,
        "get_access_key",
        get_any_access_key,
        reason="moto takes the access key only from the headers: presigned URLs reach the default account.",
    )
