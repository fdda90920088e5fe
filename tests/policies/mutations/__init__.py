"""Deliberate mistakes in the synthesized stacks, each with the check that must find it."""

from tests.policies.mutations import identity, operation, stores, tools
from tests.policies.mutations.edits import Mutation

__all__ = ["MUTATIONS", "Mutation"]

MUTATIONS = (*stores.MUTATIONS, *identity.MUTATIONS, *operation.MUTATIONS, *tools.MUTATIONS)
