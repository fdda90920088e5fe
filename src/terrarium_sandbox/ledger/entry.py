"""One line of the ledger."""

from typing import Literal, NamedTuple, get_args

__all__ = ["FIDELITIES", "Entry", "Fidelity"]

Fidelity = Literal["real", "emulated", "recorded"]
"""`real`: its data plane runs. `emulated`: its API behaves as AWS' does. `recorded`: what is said is kept, no more."""

FIDELITIES: tuple[Fidelity, ...] = get_args(Fidelity)


class Entry(NamedTuple):
    """What the sandbox does for a resource, and what it therefore cannot prove."""

    fidelity: Fidelity
    only_aws_proves: str
