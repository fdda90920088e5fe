"""Removal of datasets and versions, and references that prevent it.

Only `terrarium.datasets` imports it.
"""
