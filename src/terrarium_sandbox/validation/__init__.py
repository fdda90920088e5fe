"""Validation of requests on the server, against the constraints of AWS' service models."""
