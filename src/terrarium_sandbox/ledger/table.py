"""The ledger in lines for people."""

from collections import Counter

from terrarium_sandbox.ledger.entries import LEDGER
from terrarium_sandbox.ledger.entry import FIDELITIES

__all__ = ["summary", "table"]

_MEANINGS = {
    "real": "its data plane runs",
    "emulated": "its API behaves",
    "recorded": "what is said is kept, no more",
}


def summary() -> str:
    """How many types are how true, in one line."""
    counted = Counter(entry.fidelity for entry in LEDGER.values())
    return ", ".join(f"{counted[fidelity]} {fidelity}" for fidelity in FIDELITIES)


def table() -> str:
    """Every type by fidelity, with what only AWS proves about it."""
    width = max(map(len, LEDGER))
    return "\n\n".join(
        "\n".join(
            [
                f"{fidelity}: {_MEANINGS[fidelity]}. Only AWS proves:",
                *(
                    f"  {kind:<{width}}  {entry.only_aws_proves}"
                    for kind, entry in sorted(LEDGER.items())
                    if entry.fidelity == fidelity
                ),
            ]
        )
        for fidelity in FIDELITIES
    )
