"""Validation of requests on the server, against the constraints of AWS' service models."""

from terrarium.sandbox.validation.validate import validate

__all__ = ["validate"]
