"""Validation of requests against the constraints of AWS' service models.

The request path of the sandbox imports it, and `policies`, for patterns of AWS.
"""
