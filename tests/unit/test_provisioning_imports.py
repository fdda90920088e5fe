"""The import contract of the provisioning side: an allow-list in pyproject.toml."""

import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from grimp import ImportGraph, build_graph
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract

_CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def imports() -> ImportGraph:
    """Every import, late and type-only ones included."""
    return build_graph("terrarium", "terrarium_sandbox", "environments", "modules", "stacks", cache_dir=None)


def keeps_contract(imports: ImportGraph) -> bool:
    configure()
    tool: dict[str, Any] = tomllib.loads((_CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = (one for one in tool["contracts"] if one.get("id") == "provisioning-imports")
    check = ForbiddenContract(contract["name"], {"root_packages": tool["root_packages"]}, contract).check(
        deepcopy(imports),  # the check removes what is allowed
        verbose=False,
    )
    return check.kept


def test_provisioning_keeps_its_import_contract(imports: ImportGraph) -> None:
    assert keeps_contract(imports)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("environments.load", "terrarium.compute.executor"),
        ("modules.names", "terrarium"),
        ("modules.pipelines.triggers", "terrarium.pipelines.pipeline_loader"),
        ("stacks.app", "terrarium.lab"),
    ],
)
def test_refuses_an_import_that_is_not_on_the_list(
    imports: ImportGraph, importer: str, imported: str
) -> None:
    changed = deepcopy(imports)
    changed.add_import(importer=importer, imported=imported)
    assert not keeps_contract(changed)
