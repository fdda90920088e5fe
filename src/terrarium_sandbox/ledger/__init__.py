"""The fidelity ledger: how true the sandbox is to AWS, for every type of resource that the stacks use."""

from terrarium_sandbox.ledger.entries import LEDGER
from terrarium_sandbox.ledger.entry import FIDELITIES, Entry, Fidelity
from terrarium_sandbox.ledger.table import summary, table

__all__ = ["FIDELITIES", "LEDGER", "Entry", "Fidelity", "summary", "table"]
