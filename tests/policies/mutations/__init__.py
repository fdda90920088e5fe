"""Deliberate mistakes, injected into the real synthesized stacks: each with the check that has to catch it."""

from tests.policies.mutations import identity, operation, stores, tools
from tests.policies.mutations.edits import Mutation

__all__ = ["MUTATIONS", "Mutation"]

MUTATIONS = (*stores.MUTATIONS, *identity.MUTATIONS, *operation.MUTATIONS, *tools.MUTATIONS)
