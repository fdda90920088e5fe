"""Datasets and versions that go, and what holds them."""
