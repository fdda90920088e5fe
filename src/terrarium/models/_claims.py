"""Comparison of a version's tags with computed ones, for versions without an attestation."""

from collections.abc import Mapping

from terrarium.artifacts import ArtifactRef
from terrarium.models._tags import ARTIFACT, ATTESTED, GATES, ORIGINS, SUBMITTED_BY
from terrarium.models.gate_report import GateReport
from terrarium.models.version import ModelVersion, parse_origins

__all__ = ["makes_same_claims"]

# Tags of which only a part is compared, and the submitter, which the first writer states.
_COMPARED_OTHERWISE = {ARTIFACT, GATES, ORIGINS, SUBMITTED_BY}


def makes_same_claims(version: ModelVersion, tags: Mapping[str, str]) -> bool:
    """Return whether the tags of a version agree with those that another attempt to create it computed.

    Attempts differ in their time, their principal and the values that gates found. They agree in the content of the
    package, in metrics, in origins and in the gates that passed. Terrarium did not create a row with other tags, and
    must not attest it.

    Args:
        version: The version in the database.
        tags: The computed tags.
    """
    found = {name: value for name, value in version.tags.items() if name.startswith(ATTESTED)}
    if found.keys() != tags.keys():
        return False
    if any(found[name] != tags[name] for name in tags.keys() - _COMPARED_OTHERWISE):
        return False
    if _digest(found[ARTIFACT]) != _digest(tags[ARTIFACT]):
        return False
    return _passed(found[GATES]) == _passed(tags[GATES]) and _origins(found[ORIGINS]) == _origins(
        tags[ORIGINS]
    )


def _digest(reference: str) -> tuple[str, str, str]:
    artifact = ArtifactRef.parse(reference)
    return artifact.bucket, artifact.key, artifact.digest


def _passed(report: str) -> list[tuple[str, str, bool]]:
    return [(gate.gate, gate.wanted, gate.passed) for gate in GateReport.model_validate_json(report).results]


def _origins(text: str) -> list[tuple[str, str, int, str]]:
    return [
        (origin.environment, origin.account, origin.version, origin.run) for origin in parse_origins(text)
    ]
