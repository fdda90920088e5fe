"""Fixture of jobs in the SDK's test environment."""

import pytest

from terrarium.manifest import PlatformManifest
from tests.support.batch_jobs import BatchJobs
from tests.support.provisioning.environment import Account


@pytest.fixture
def batch(account: Account, provisioned: PlatformManifest) -> BatchJobs:  # noqa: ARG001 - who we are
    """Return a submitter of jobs to the environment's queue."""
    return BatchJobs(provisioned)
