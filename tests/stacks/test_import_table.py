"""The import table of `terrarium recover` covers every resource of every stack."""

from pathlib import Path

from environments import Environment
from operations.recover.import_table import IMPORT_TABLE
from tests.stacks.synthesized import Synthesized, synthesize


def test_every_type_of_the_environments_is_in_the_table(stacks: dict[str, Synthesized]) -> None:
    assert {kind for stack in stacks.values() for kind in stack.kinds} - IMPORT_TABLE.keys() == set()


def test_every_type_of_an_environment_with_everything_is_in_the_table(
    everything: Environment, tmp_path: Path
) -> None:
    (stack,) = synthesize([everything], tmp_path / "out").values()
    assert stack.kinds - IMPORT_TABLE.keys() == set()


def test_addresses_and_gateways_of_one_environment_have_different_names(
    stacks: dict[str, Synthesized],
) -> None:
    """AWS names them itself: only the tag tells them apart."""
    for stack in stacks.values():
        for kind in ("aws_eip", "aws_nat_gateway", "aws_route_table"):
            names = [resource["tags"]["Name"] for resource in stack.resources(kind).values()]
            assert len(set(names)) == len(names)


def test_job_definitions_state_what_an_import_cannot_read(stacks: dict[str, Synthesized]) -> None:
    """Otherwise the deployment after an import registers a new revision."""
    for stack in stacks.values():
        for definition in stack.resources("aws_batch_job_definition").values():
            assert "deregister_on_new_revision" in definition
