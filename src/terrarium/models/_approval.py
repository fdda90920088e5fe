"""`Approval`: the attested statement that a version may enter an environment."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import StringConstraints

from terrarium.artifacts.reference import Digest
from terrarium.models._attested_document import AttestedDocument
from terrarium.models.errors import ApprovalMissingError

__all__ = ["Approval", "check_approved"]


class Approval(AttestedDocument):
    """The statement of a person that a version may enter an environment, or become champion there.

    Attributes:
        environment: The environment that the version may enter, or become champion in.
        source: The environment of the version.
        name: The name of the registered model.
        version: The number of the version in `source`.
        digest: The digest of the version's package.
        at: The time of the approval, aware, UTC.
        reason: The reason for the approval.
    """

    environment: str
    source: str
    name: str
    version: int
    digest: Digest
    at: datetime
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

    @classmethod
    def now(
        cls, environment: str, *, source: str, name: str, version: int, digest: str, by: str, reason: str
    ) -> Self:
        """Return an approval with the current time."""
        return cls(
            environment=environment,
            source=source,
            name=name,
            version=version,
            digest=digest,
            by=by,
            at=datetime.now(UTC),
            reason=reason,
        )

    @property
    def subject(self) -> str:
        """The model, the version and the environment, as a path."""
        return f"{self.name}/{self.version}/{self.environment}"

    @property
    def approver(self) -> str:
        """The name of the approver's session, or of the user: the last part of the ARN."""
        return self.by.rpartition("/")[2]

    def __str__(self) -> str:
        return f"for {self.environment} by {self.by} at {self.at:%Y-%m-%d %H:%M:%S}Z: {self.reason}"


def check_approved(
    reference: str,
    approvals: Iterable[Approval],
    environment: str,
    *,
    submitted_by: str | None = None,
) -> Approval:
    """Return the approval of a version for `environment`.

    Args:
        reference: The reference of the version, e.g. `churn/3`, for errors.
        approvals: The approvals of the version's package in the registry's bucket.
        environment: The environment that the version enters, or becomes champion in.
        submitted_by: The ARN of the submitter, if the approver must be another person.

    Raises:
        ApprovalMissingError: There is no approval, or only one by the submitter.
    """
    given = [approval for approval in approvals if approval.environment == environment]
    submitter = submitted_by.rpartition("/")[2] if submitted_by else None
    for approval in given:
        if approval.approver != submitter:
            return approval
    if given:
        raise ApprovalMissingError(
            f"only {submitter!r}, who submitted {reference}, approved it for {environment!r}, which requires "
            "the approval of another person (registry.separate_approver)",
            remedy=f"ask another person to run: terrarium models approve {reference} --for {environment} --reason ...",
        )
    raise ApprovalMissingError(
        f"nobody approved {reference} for {environment!r}, which requires an approval of each model",
        remedy=f"ask an approver to run: terrarium models approve {reference} --for {environment} --reason ...",
    )
