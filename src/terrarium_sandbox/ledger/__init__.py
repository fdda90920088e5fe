"""The fidelity ledger: for every resource type of the stacks, how faithfully the sandbox emulates AWS.

The commands and the status report of the sandbox import it.
"""

from terrarium_sandbox.ledger.entries import FIDELITIES, LEDGER, Entry, Fidelity
from terrarium_sandbox.ledger.table import summary, table

__all__ = ["FIDELITIES", "LEDGER", "Entry", "Fidelity", "summary", "table"]
