"""Releases in the registry's bucket, where another environment reads them without a database login."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from terrarium.artifacts import ArtifactRef
from terrarium.artifacts.names import object_key
from terrarium.aws import Session
from terrarium.manifest import ModelRegistry
from terrarium.models.attestation import VersionAttestation
from terrarium.models.errors import ModelTamperedError
from terrarium.models.release import Release
from terrarium.models.storage import PackageStorage

__all__ = ["RECORD", "ReleaseStorage"]

RECORD: Final = "record"
"""Folder of a release that holds the artifacts of the run's record."""

_RELEASE = "release.json"


class ReleaseStorage:
    """The part of an environment's bucket that holds releases.

    The release of a version lies below `<models_prefix><name>/versions/<number>/<digest>/`, beside the listing with the
    digest of every file. The version's attestation names the one that counts.

    Args:
        environment: Name of the environment, for errors.
        registry: Section `registry` of its manifest.
        session: Session that may read the bucket, and write it where releases are written.
    """

    def __init__(self, environment: str, registry: ModelRegistry, *, session: Session) -> None:
        self._environment = environment
        self._packages = PackageStorage(registry, session=session)

    def put(self, release: Release, record: dict[str, bytes]) -> ArtifactRef:
        """Write the release of a version; the same release again changes nothing.

        Args:
            release: The release.
            record: Artifacts of the run's record, by their path below the record's folder.
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
        """Return the release that an attestation names, and the folder with its record, which is deleted afterwards.

        Raises:
            ModelTamperedError: A file of the release is not what was written, or the release is of another version.
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
                f"the release that attests {attested.reference} in {self._environment!r} is that of "
                f"{release.reference} in {release.environment!r}, package {release.package.digest}",
                remedy=f"submit the model again and promote the new version; {attested.by} attested this one",
            )
        return release


def _folder(name: str, version: int) -> str:
    return f"{name}/versions/{version}"
