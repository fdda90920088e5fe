"""A dataset's name and its table's: one for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrarium.warehouse import DatasetNameError, Warehouse

_NAMES = st.from_regex(r"[a-z](_?[a-z0-9]){0,9}(\.[a-z](_?[a-z0-9]){0,9}){0,3}", fullmatch=True)


@given(_NAMES)
def test_a_table_s_name_leads_back_to_its_dataset(dataset: str) -> None:
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
def test_a_name_that_would_be_ambiguous_or_no_name_in_sql_is_refused(name: str) -> None:
    with pytest.raises(DatasetNameError, match="cannot be the name of a dataset"):
        Warehouse.table_name(name)


def test_a_name_too_long_for_the_catalog_is_refused() -> None:
    with pytest.raises(DatasetNameError, match="at most 255 characters"):
        Warehouse.table_name("a" * 256)


@pytest.mark.parametrize("table", ["Telco", "a___b", "a__", "__a", "t$snapshots"])
def test_refuses_tables_that_do_not_belong_to_a_dataset(table: str) -> None:
    with pytest.raises(DatasetNameError, match="does not hold a dataset"):
        Warehouse.dataset_name(table)
