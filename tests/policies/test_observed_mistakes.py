"""The mistakes that an adopter injected into the modules, of which earlier policies missed eight."""

import pytest

from policies.catalogue import POLICIES
from tests.policies.mutations import HARMLESS, MUTATIONS

# What the adopter did, and the mutation that does it; `test_mutations.py` checks that each is found.
_OBSERVED = {
    "no SourceAccount in trust policies for services": "role for a service on behalf of any account",
    "force_ssl = 0": "database without TLS",
    "three hops to the instance metadata": "metadata for containers",
    "trail of a single region": "calls in other regions go unseen",
    "public addresses in private subnets": "database in a public subnet",
    "prevent_destroy = False": "key that Terraform may destroy",
    "password in a URL": "password in the URL of a database",
    "backups for one day": "backups kept too short",
    "no final snapshot": "no final snapshot",
    "the role of jobs trusts a role of another account": "role of another account in a trust policy",
    "scientists may pass role/* without PassedToService": "scientist who may pass any role to a task",
    "docker.sock in every job": "Docker's socket in every job",
    "alarm topic without SourceAccount": "topic that CloudWatch of any account publishes to",
    "artifacts expire after 30 days": "artifacts that end after a month",
    "scientists may write the manifest": "scientist who may write the manifest",
    "delivery may remove boundaries": "delivery role that may remove boundaries",
    "ref:refs/heads/main may deploy": "delivery role for every branch",
}


@pytest.mark.parametrize("mutation", _OBSERVED.values(), ids=_OBSERVED)
def test_a_policy_of_the_kit_finds_each_observed_mistake(mutation: str) -> None:
    """`terrarium policy` finds it without the isolated tools."""
    (found,) = (one for one in MUTATIONS if one.name == mutation)
    assert found.check in {policy.id for policy in POLICIES}


def test_the_observed_false_positive_is_a_harmless_neighbour() -> None:
    assert "topic of a critical environment that is not for alarms" in {one.name for one in HARMLESS}
