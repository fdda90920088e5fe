"""Validation of requests against the constraints of AWS' service models."""
