"""Fixture: the SDK of the previous release."""

import pytest

from tests.support.previous_release import PreviousRelease, extract_previous_release

__all__ = ["previous_sdk"]


@pytest.fixture(scope="session")
def previous_sdk(tmp_path_factory: pytest.TempPathFactory) -> PreviousRelease:
    """The SDK of the previous release, installed from its wheel."""
    release = extract_previous_release(tmp_path_factory.mktemp("previous"))
    release.install_sdk()
    return release
