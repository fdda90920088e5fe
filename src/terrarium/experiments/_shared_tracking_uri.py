"""MLflow's tracking URI during runs. It is global to the process."""

import threading
from typing import Final

__all__ = ["SharedTrackingUri", "tracking_uri_of_runs"]


class SharedTrackingUri:
    """Sets MLflow's tracking URI for the first run, and restores it after the last one, in any order of their ends."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._held: dict[object, str] = {}
        self._before: str | None = None

    def hold(self, uri: str) -> object:
        """Set MLflow's tracking URI for one more run.

        Returns:
            A token to release when the run ends.
        """
        import mlflow

        with self._mutex:
            if not self._held:
                self._before = mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else None
            holder = object()
            self._held[holder] = uri
            mlflow.set_tracking_uri(uri)
        return holder

    def release(self, holder: object) -> None:
        """Restore the tracking URI of a remaining run, or the one before the first run."""
        import mlflow

        with self._mutex:
            if self._held.pop(holder, None) is None:
                return
            uri = next(reversed(self._held.values())) if self._held else self._before
            # MLflow's own context manager passes None to unset it, too.
            mlflow.set_tracking_uri(uri)  # type: ignore[arg-type]


# MLflow's tracking URI belongs to the process, and so does this.
tracking_uri_of_runs: Final = SharedTrackingUri()
