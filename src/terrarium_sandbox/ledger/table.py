"""The table that `terrarium sandbox ledger` prints."""

from collections import Counter

from terrarium_sandbox.ledger.entries import FIDELITIES, LEDGER

__all__ = ["summary", "table"]

_MEANINGS = {
    "real": "the data plane runs",
    "emulated": "the API behaves as on AWS",
    "recorded": "only the settings are stored",
}


def summary() -> str:
    """Return the number of types of each fidelity, in one line."""
    counted = Counter(entry.fidelity for entry in LEDGER.values())
    return ", ".join(f"{counted[fidelity]} {fidelity}" for fidelity in FIDELITIES)


def table() -> str:
    """Return all types by fidelity, with the properties that only AWS can prove."""
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
