"""Storage of releases in the registry's bucket. Other environments read them without a database login."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from terrarium.artifacts import ArtifactRef
from terrarium.artifacts.names import object_key
from terrarium.aws import Session
from terrarium.manifest import ModelRegistry
from terrarium.models._release import Release
from terrarium.models.attestation import VersionAttestation
from terrarium.models.errors import ModelTamperedError
from terrarium.models.storage import PackageStorage

__all__ = ["RECORD", "ReleaseStorage"]

RECORD: Final = "record"
"""Folder of a release with the artifacts of the run's record."""

_RELEASE = "release.json"


class ReleaseStorage:
    """The releases in an environment's bucket.

    The release of a version is at `<models_prefix><name>/versions/<number>/<digest>/`, with a listing of all files and
    their digests. The attestation of the version names the valid release.

    Args:
        environment: The name of the environment, for errors.
        registry: The section `registry` of its manifest.
        session: A session that may read the bucket. `put` also needs permission to write.
    """

    def __init__(self, environment: str, registry: ModelRegistry, *, session: Session) -> None:
        self._environment = environment
        self._packages = PackageStorage(registry, session=session)

    def put(self, release: Release, record: dict[str, bytes]) -> ArtifactRef:
        """Write the release of a version. Writing the same release again has no effect.

        Args:
            release: The release.
            record: Path below the record's folder -> content of the artifact.
        """
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            (folder / _RELEASE).write_text(release.model_dump_json(indent=1), encoding="utf-8")
            for path, content in record.items():
                file = folder / object_key(f"{RECORD}/", path)  # refuses paths that lead out of the folder
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            return self._packages.put(folder, name=_folder(release.name, release.version))

    @contextmanager
    def read(self, attested: VersionAttestation) -> Iterator[tuple[Release, Path]]:
        """Yield the release that an attestation names and a temporary folder with its record.

        Raises:
            ModelTamperedError: A file of the release was changed, or the release is of another version.
        """
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            self._packages.get(attested.release, folder)
            text = (folder / _RELEASE).read_text(encoding="utf-8")
            yield self._parse(text, attested), folder / RECORD

    def _parse(self, text: str, attested: VersionAttestation) -> Release:
        release = Release.model_validate_json(text)
        stated = (release.environment, release.name, release.version, release.package)
        if stated != (self._environment, attested.name, attested.version, attested.package):
            raise ModelTamperedError(
                f"the attestation of {attested.reference} in {self._environment!r} names a release of "
                f"{release.reference} in {release.environment!r}, package {release.package.digest}",
                remedy=f"submit the model again and promote the new version; {attested.by} attested this one",
            )
        return release


def _folder(name: str, version: int) -> str:
    return f"{name}/versions/{version}"
