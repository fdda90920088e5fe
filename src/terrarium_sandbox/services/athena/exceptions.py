"""Athena's errors."""

from moto.core.exceptions import JsonRESTError

__all__ = ["InvalidRequestError", "MetadataError"]


class InvalidRequestError(JsonRESTError):
    """The request cannot be answered as it is."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("InvalidRequestException", message)


class MetadataError(JsonRESTError):
    """The catalog has no such thing."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("MetadataException", message)
