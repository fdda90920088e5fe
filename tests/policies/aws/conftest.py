"""The checks of values, loaded once: cfn-lint takes seconds to import."""

from datetime import date

import pytest

from policies.aws.values.findings import ValueCheck


@pytest.fixture(scope="session")
def value_check() -> ValueCheck:
    return ValueCheck(today=date(2026, 11, 30))
