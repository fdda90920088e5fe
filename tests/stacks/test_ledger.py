"""The fidelity ledger covers exactly the resource types of the stacks, with every option of an environment's file."""

from pathlib import Path

import pytest

from environments import Environment, load_environments
from terrarium_sandbox.ledger import FIDELITIES, LEDGER, table
from tests.stacks.synthesized import synthesize


def test_every_type_in_the_stacks_has_an_entry_and_every_entry_is_used(
    tmp_path: Path, everything: Environment
) -> None:
    stacks = synthesize(load_environments(), tmp_path / "ours")
    stacks |= synthesize([everything], tmp_path / "everything")
    used = set().union(*(stack.kinds for stack in stacks.values()))
    assert sorted(used - set(LEDGER)) == [], (
        "say in src/terrarium_sandbox/ledger what the sandbox does for these"
    )
    assert sorted(set(LEDGER) - used) == [], "no stack uses these any more: strike them out"


@pytest.mark.parametrize("kind", LEDGER)
def test_every_entry_states_what_only_aws_can_prove(kind: str) -> None:
    entry = LEDGER[kind]
    assert entry.fidelity in FIDELITIES
    assert entry.only_aws_proves
    assert f"{kind} " in table()
