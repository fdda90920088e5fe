"""An initialized data folder per build of PostgreSQL, as a template for new servers: a copy is faster than `initdb`."""

import shutil
from pathlib import Path

from terrarium.errors import Error
from terrarium_sandbox.postgres.gateway.login import SUPERUSER
from terrarium_sandbox.postgres.installation import Installation
from terrarium_sandbox.postgres.storage import Storage

__all__ = ["copy_data", "find_template"]

# The locale of RDS first. Minimal systems lack it, and some lack the second one.
_LOCALES = ("en_US.UTF-8", "C.UTF-8", "C")


def find_template(installation: Installation, storage: Storage) -> Path:
    """Return the template of a build, created if missing.

    Raises:
        Error: `initdb` failed.
    """
    template = storage.templates_folder / installation.name
    if template.exists():
        return template
    unfinished = template.with_name(f".{template.name}")
    for locale in _LOCALES:
        shutil.rmtree(unfinished, ignore_errors=True)
        options = ["--encoding=UTF8", f"--locale={locale}", "--auth=trust", f"--username={SUPERUSER}"]
        result = storage.user.run([installation.program("initdb"), "--pgdata", unfinished, *options])
        if result.returncode == 0:
            unfinished.rename(template)
            return template
    raise Error(
        f"{installation.program('initdb')} failed as user {storage.user.name}: {result.stderr.strip()}",
        remedy=f"check that the program runs, and that {template.parent} is writable",
    )


def copy_data(source: Path, target: Path, storage: Storage) -> None:
    """Copy a data folder that no PostgreSQL uses.

    Raises:
        Error: The copy failed, for example because the disk is full.
    """
    result = storage.user.run(["cp", "-Rp", source, target])
    if result.returncode:
        shutil.rmtree(target, ignore_errors=True)
        raise Error(
            f"{source} could not be copied to {target}: {result.stderr.strip()}",
            remedy=f"free disk space for {target}, and retry",
        )
