"""`ApplyResult`: the result of registering a view."""

from typing import Literal

from terrarium.features.definition.model import Definition

__all__ = ["ApplyResult"]


class ApplyResult(Definition):
    """The result of registering a view; `print` shows it as text.

    Attributes:
        name: Name of the view.
        version: The current version.
        revision: The current revision, within the version.
        change: `none` if the same definition was registered already; `incompatible` if there is a new version.
        details: The changes.
        missing: Note about a missing source or column, until the first write to the view.
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
                    f"{self.name}: version {self.version}, because {listed}; version {self.version - 1} stays as it "
                    f"was, and version {self.version} is not online before it is materialized"
                )
