"""A file among the artifacts of a run, downloaded with the identity of an MLflow client."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["artifact_file"]


@contextmanager
def artifact_file(client: "MlflowClient", uri: str) -> Iterator[Path]:
    """Download a file, and remove it at the end of the block.

    Args:
        client: The client whose tracking URI names the connection.
        uri: Address of the artifact, e.g. `s3://<bucket>/<run>/artifacts/record/record.json`.
    """
    from mlflow.artifacts import download_artifacts

    with TemporaryDirectory() as folder:
        yield Path(download_artifacts(artifact_uri=uri, dst_path=folder, tracking_uri=client.tracking_uri))
