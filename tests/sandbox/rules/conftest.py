"""Clients of an account that only the tests of rules use."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from tests.support.local_sandbox import LocalSandbox

Client: TypeAlias = Callable[[str], Any]

ACCOUNT = "313131313131"


@pytest.fixture
def client(sandbox: LocalSandbox) -> Client:
    """Makes boto3 clients, by the name of the service."""
    return lambda service: sandbox.client(service, "--account", ACCOUNT)
