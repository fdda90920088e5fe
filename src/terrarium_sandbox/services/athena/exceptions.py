"""Errors of Athena's API."""

from moto.core.exceptions import JsonRESTError

__all__ = ["InvalidRequestError", "MetadataError"]


class InvalidRequestError(JsonRESTError):
    """The request is invalid."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("InvalidRequestException", message)


class MetadataError(JsonRESTError):
    """The catalog has no such database or table."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("MetadataException", message)
