"""The fidelity ledger covers exactly what the stacks use, in every form that an environment's file can give them."""

from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment, load_environments
from terrarium.sandbox.ledger import FIDELITIES, LEDGER, table
from tests.stacks.synthesized import synthesize

EVERYTHING: dict[str, dict[str, Any]] = {
    "workbench": {"users": ["ada"]},
    "observability": {"emails": ["ml-platform@example.com"], "monthly_budget_usd": 200},
}
DEFINITION = '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}'


PIPELINE = """
import terrarium

PIPELINE = terrarium.Pipeline(
    "arriving",
    use_case="arriving",
    steps=[terrarium.Step(name="only", run="package.module:function")],
    triggers=[terrarium.DataArrival(prefix="incoming/")],
)
"""


@pytest.fixture
def definition(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The smallest pipelines, one of each kind, in a checkout that has them."""
    (tmp_path / "pipeline.json").write_text(DEFINITION)
    (tmp_path / "pipeline_of_the_ledger.py").write_text(PIPELINE)
    monkeypatch.setattr("modules.pipeline_definition.CHECKOUT", tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "pipeline.json"


def with_everything(definition: str) -> Environment:
    """An environment that switches on what no file of ours does."""
    document = load_environment("dev").model_dump(mode="json")
    for section, fields in EVERYTHING.items():
        document[section] |= fields
    document["pipelines"] = [
        {"name": "training", "definition": definition, "schedule": "cron(0 6 * * ? *)", "enabled": True},
        {"name": "arriving", "pipeline": "pipeline_of_the_ledger:PIPELINE"},
    ]
    return Environment.model_validate(document)


def test_every_type_in_the_stacks_has_an_entry_and_every_entry_is_used(
    tmp_path: Path, definition: str
) -> None:
    stacks = synthesize(load_environments(), tmp_path / "ours")
    stacks |= synthesize([with_everything(definition)], tmp_path / "everything")
    used = set().union(*(stack.kinds for stack in stacks.values()))
    assert sorted(used - set(LEDGER)) == [], (
        "say in src/terrarium/sandbox/ledger what the sandbox does for these"
    )
    assert sorted(set(LEDGER) - used) == [], "no stack uses these any more: strike them out"


@pytest.mark.parametrize("kind", LEDGER)
def test_every_entry_says_what_only_aws_proves(kind: str) -> None:
    entry = LEDGER[kind]
    assert entry.fidelity in FIDELITIES
    assert entry.only_aws_proves
    assert f"{kind} " in table()
