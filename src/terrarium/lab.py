"""`Lab`: one connected environment, and the door to everything in it."""

from terrarium.aws import Session
from terrarium.manifest import PlatformManifest

__all__ = ["Lab"]


class Lab:
    """Every provisioned store of one environment, each resolved when it is first used.

    Made by `terrarium.connect`. Safe to share between threads.
    """

    def __init__(self, manifest: PlatformManifest, *, session: Session) -> None:
        self._manifest = manifest
        self._session = session

    @property
    def environment(self) -> str:
        """The environment's name."""
        return self._manifest.environment

    @property
    def manifest(self) -> PlatformManifest:
        """What the environment exposes."""
        return self._manifest

    def __repr__(self) -> str:
        return f"<Lab {self.environment}: account {self._manifest.account}, {self._manifest.region}>"
