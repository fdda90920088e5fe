"""Athena's statements, one kind per module.

Only `terrarium_sandbox.athena` imports it.
"""
