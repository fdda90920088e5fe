"""Names of datasets and tables correspond one to one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrarium.warehouse import DatasetNameError, Warehouse

_NAMES = st.from_regex(r"[a-z](_?[a-z0-9]){0,9}(\.[a-z](_?[a-z0-9]){0,9}){0,3}", fullmatch=True)


@given(_NAMES)
def test_the_name_of_a_table_gives_its_dataset(dataset: str) -> None:
    assert Warehouse.dataset_name(Warehouse.table_name(dataset)) == dataset


def test_a_dot_is_two_underscores() -> None:
    assert Warehouse.table_name("telco.customers_2026") == "telco__customers_2026"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Telco",
        "telco-customers",
        "1telco",
        "telco..customers",
        ".telco",
        "telco.",
        "a__b",
        "a_.b",
        "a._b",
        "_a",
    ],
)
def test_refuses_ambiguous_and_invalid_names(name: str) -> None:
    with pytest.raises(DatasetNameError, match="cannot be the name of a dataset"):
        Warehouse.table_name(name)


def test_refuses_names_that_are_too_long_for_the_catalog() -> None:
    with pytest.raises(DatasetNameError, match="at most 255 characters"):
        Warehouse.table_name("a" * 256)


@pytest.mark.parametrize("table", ["Telco", "a___b", "a__", "__a", "t$snapshots"])
def test_refuses_tables_that_do_not_belong_to_a_dataset(table: str) -> None:
    with pytest.raises(DatasetNameError, match="does not hold a dataset"):
        Warehouse.dataset_name(table)
