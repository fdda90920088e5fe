"""Resolution of the first characters of a run id."""

from typing import TYPE_CHECKING

from terrarium.experiments.errors import RunNotFoundError

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["identify"]


def identify(reader: "Engine", text: str, *, environment: str) -> str:
    """Return the id of the run whose id starts with `text`, whether it is deleted or not.

    Raises:
        RunNotFoundError: No run matches, or several do.
    """
    from sqlalchemy import select

    from terrarium.search.tables import tables

    run_uuid = tables().runs.c.run_uuid
    begins = run_uuid.startswith(text.lower(), autoescape=True)
    with reader.connect() as connection:
        found = connection.execute(select(run_uuid).where(begins).limit(2)).scalars().all()
    if not text or len(found) != 1:
        raise RunNotFoundError(
            f"{'more than one run' if found else 'no run'} of environment {environment!r} has an id that begins "
            f"with {text!r}",
            remedy="`terrarium runs list` shows ids; a few characters will do, as long as only one run has them",
        )
    return str(found[0])
