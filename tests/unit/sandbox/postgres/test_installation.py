"""Choice of a PostgreSQL for a database."""

from pathlib import Path

import pytest

from terrarium.errors import Error
from terrarium_sandbox.postgres.installation import Installation, choose_installation, find_installations


def _builds(*versions: tuple[int, int]) -> list[Installation]:
    return [Installation(version, Path(f"/usr/lib/postgresql/{version[0]}/bin")) for version in versions]


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ("16.6", (16, 4)),  # the same major version
        ("15.4", (15, 9)),  # the newest minor one of it
        ("14.1", (15, 9)),  # else the next newer: it can do all that was asked for
        ("17.0", (18, 1)),
        ("19.2", (18, 1)),  # else the newest
        (None, (15, 9)),
    ],
)
def test_a_new_database_gets_the_version_next_to_the_one_asked_for(
    asked: str | None, chosen: tuple[int, int]
) -> None:
    builds = _builds((15, 3), (15, 9), (16, 4), (18, 1))
    assert choose_installation(builds, engine_version=asked).version == chosen


def test_existing_data_gets_the_version_that_made_it() -> None:
    builds = _builds((15, 3), (18, 1))
    assert choose_installation(builds, engine_version="18.1", data_major=15).version == (15, 3)


def test_existing_data_of_a_version_that_is_gone_is_an_error_that_names_both() -> None:
    with pytest.raises(Error, match=r"PostgreSQL 17; installed: postgresql-15\.3"):
        choose_installation(_builds((15, 3)), data_major=17)


def test_found_installations_can_be_run() -> None:
    found = find_installations()
    assert found
    assert all(build.program("initdb").is_file() for build in found)


def test_a_build_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("initdb", "pg_basebackup", "pg_ctl", "postgres"):
        (tmp_path / program).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.2'\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert Installation((14, 2), tmp_path) in find_installations()


def test_a_build_that_is_too_old_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("initdb", "pg_basebackup", "pg_ctl", "postgres"):
        (tmp_path / program).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 12.22'\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert all(build.binaries != tmp_path for build in find_installations())
