"""The folders of PostgreSQL's data."""

from pathlib import Path

from terrarium_sandbox.postgres.operating_user import find_operating_user
from terrarium_sandbox.postgres.storage import Storage


def test_a_sandbox_that_starts_keeps_the_folders_of_others(tmp_path: Path) -> None:
    first, second = (Storage(tmp_path / name, find_operating_user()) for name in ("first", "second"))
    try:
        first.make()
        second.make()
        assert first.templates_folder.is_dir()
    finally:
        first.remove()
        second.remove()
