"""`ApplyResult`: what came of registering a view."""

from typing import Literal

from terrarium.features.definition.model import Definition

__all__ = ["ApplyResult"]


class ApplyResult(Definition):
    """What came of registering a view; its text tells.

    Attributes:
        name: Of the view.
        version: That it has now.
        revision: That it has now, within the version.
        change: `none` where the same was registered already; `incompatible` made a new version.
        details: What changed.
        missing: What the view's source lacks, until something is written to the view.
    """

    name: str
    version: int
    revision: int
    change: Literal["new", "none", "compatible", "incompatible"]
    details: tuple[str, ...] = ()
    missing: str | None = None

    def __str__(self) -> str:
        return self._change() + (f"\n  {self.missing}" if self.missing else "")

    def _change(self) -> str:
        listed = "; ".join(self.details)
        match self.change:
            case "new":
                return f"{self.name}: new, version {self.version}"
            case "none":
                return f"{self.name}: unchanged, version {self.version}"
            case "compatible":
                return f"{self.name}: still version {self.version}, revision {self.revision}: {listed}"
            case "incompatible":
                return (
                    f"{self.name}: version {self.version}, since {listed}; version {self.version - 1} stays as it was, "
                    f"and version {self.version} is not online before it is materialized"
                )
