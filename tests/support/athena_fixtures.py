"""Fixture of an Athena client in the SDK's test environment."""

import uuid

import pytest

import terrarium
from tests.support.athena_client import Athena

__all__ = ["athena", "location", "table"]


@pytest.fixture
def athena(lab: terrarium.Lab) -> Athena:
    return Athena(lab.manifest)


@pytest.fixture
def table() -> str:
    """Return a unique name of a table."""
    return f"athena_{uuid.uuid4().hex}"


@pytest.fixture
def location(lab: terrarium.Lab, table: str) -> str:
    """Return the table's location in the warehouse."""
    return f"{lab.manifest.features.warehouse}/{table}/"
