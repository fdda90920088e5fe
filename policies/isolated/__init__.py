"""Tools in a Python environment of their own (`.venv-policy`): checkov and cloudsplaining.

Only `policies` imports it.
"""
