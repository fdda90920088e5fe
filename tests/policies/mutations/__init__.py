"""Deliberate mistakes in the synthesized stacks, each with the check that must find it."""

from tests.policies.mutations import company, identity, operation, stores, tools
from tests.policies.mutations.company import HARMLESS
from tests.policies.mutations.edits import Mutation

__all__ = ["HARMLESS", "MUTATIONS", "Mutation"]

MUTATIONS = (
    *stores.MUTATIONS,
    *identity.MUTATIONS,
    *operation.MUTATIONS,
    *company.MUTATIONS,
    *tools.MUTATIONS,
)
