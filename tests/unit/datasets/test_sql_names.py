"""Quoted names of datasets in SQL are replaced; everything else stays."""

import pytest

from terrarium.datasets.sql_names import replace_dataset_names


@pytest.mark.parametrize(
    ("sql", "becomes"),
    [
        ('SELECT * FROM "telco.customers"', 'SELECT * FROM "telco__customers"'),
        (
            'SELECT "telco.customers".age FROM "telco.customers"',
            'SELECT "telco__customers".age FROM "telco__customers"',
        ),
        ('SELECT * FROM "telco.customers$snapshots"', 'SELECT * FROM "telco__customers$snapshots"'),
        ('FROM "telco.customers" FOR VERSION AS OF 12', 'FROM "telco__customers" FOR VERSION AS OF 12'),
        ("SELECT '\"telco.customers\"'", "SELECT '\"telco.customers\"'"),
        ("SELECT 'it''s \"a.b\"'", "SELECT 'it''s \"a.b\"'"),
        ('SELECT 1 -- "a.b"\nFROM "a.b"', 'SELECT 1 -- "a.b"\nFROM "a__b"'),
        ('SELECT 1 /* "a.b" */ FROM "a.b"', 'SELECT 1 /* "a.b" */ FROM "a__b"'),
        ('SELECT "Total Sum", "customers"', 'SELECT "Total Sum", "customers"'),
        ('SELECT "say ""a.b"" "', 'SELECT "say ""a.b"" "'),
    ],
)
def test_replaces_names_of_datasets_by_names_of_tables(sql: str, becomes: str) -> None:
    assert replace_dataset_names(sql, lambda name: name.replace(".", "__")) == becomes
