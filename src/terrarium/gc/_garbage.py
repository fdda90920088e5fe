"""`Garbage`: artifacts that can be deleted, and their size."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Garbage", "Kind"]

Kind = Literal["run", "model", "orphan", "upload"]


class Garbage(BaseModel):
    """Artifacts that nothing refers to.

    Attributes:
        kind: `run`, a deleted run with its record; `model`, a deleted logged model, or a logged model of a deleted
            run; `orphan`, artifacts without a run or model; `upload`, parts of an upload that was never completed.
        id: Id of the run, model or upload.
        name: Name of the run or model; for an orphan or upload, its key.
        prefix: Prefix of the artifacts; None if they are outside of the environment's bucket.
        since: Time of the deletion, of the last write, or of the start of the upload.
        objects: Number of objects in all versions; for an upload, number of parts.
        size: Bytes of all of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    id: str
    name: str
    prefix: str | None
    since: datetime
    objects: int = 0
    size: int = 0
