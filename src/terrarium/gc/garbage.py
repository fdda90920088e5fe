"""`Garbage`: something that may be freed, and what that is worth."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Garbage", "Kind"]

Kind = Literal["run", "model", "orphan", "upload"]


class Garbage(BaseModel):
    """Artifacts that nobody refers to.

    Attributes:
        kind: `run`, a deleted run with all that is on record of it; `model`, a deleted logged model, or one of such a
            run; `orphan`, artifacts of neither; `upload`, parts of an upload that was never completed.
        id: Of the run, the model, or the upload.
        name: Of the run or model; of an orphan or upload, its key.
        prefix: The keys below which its artifacts lie; None where they lie outside of the environment's bucket.
        since: When it was deleted, last written to, or begun.
        objects: How many, all versions counted; of an upload, how many parts.
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
