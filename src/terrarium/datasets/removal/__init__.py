"""Removal of datasets and versions, and references that prevent it."""
