"""What the tags of a version claim, compared with what is known: for versions that nobody has attested yet."""

from collections.abc import Mapping

from terrarium.artifacts import ArtifactRef
from terrarium.models.gate_report import GateReport
from terrarium.models.tags import ARTIFACT, ATTESTED, GATES, ORIGINS, SUBMITTED_BY
from terrarium.models.version import ModelVersion, parse_origins

__all__ = ["makes_same_claims"]

# Compared by part of their content, or stated by the first writer.
_COMPARED_OTHERWISE = {ARTIFACT, GATES, ORIGINS, SUBMITTED_BY}


def makes_same_claims(version: ModelVersion, tags: Mapping[str, str]) -> bool:
    """Return whether a version claims what an attempt to make the same version computed.

    Attempts differ in the time, in who made them, and in what gates found at that time. They agree in the content of
    the package, in metrics, in origins, and in which gates were passed. A row that claims anything else was not made by
    an attempt of Terrarium's own, and must not be attested.

    Args:
        version: As the database has it.
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
