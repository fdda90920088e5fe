"""Rules of Batch for scheduling policies, shares and priorities of jobs."""

import re
from collections.abc import Iterable

from moto.batch.models import batch_backends

from terrarium_sandbox.rules.batch.message import MODEL, refused
from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_PRIORITIES = range(10_000)
_RESERVATIONS = range(100)
_WEIGHTS = (0.0001, 999.9999)
_SHARE = re.compile(r"[A-Za-z0-9]{0,255}\*?")


@rule(
    "job-queue-stays-fifo",
    on=("batch:UpdateJobQueue",),
    code="ClientException",
    source=f"{MODEL}, CreateJobQueue.schedulingPolicyArn: can't be added to a FIFO queue",
)
def job_queue_stays_fifo(request: Request) -> str | None:
    """A job queue that was created without a scheduling policy must not get one."""
    queue = request.backend(batch_backends).get_job_queue(request.get("jobQueue"))
    if queue is None or queue.schedule_policy or not request.get("schedulingPolicyArn"):
        return None
    return refused("A scheduling policy cannot be added to a FIFO job queue")


@rule(
    "scheduling-policy-in-use",
    on=("batch:DeleteSchedulingPolicy",),
    code="ClientException",
    source=f"{MODEL}, DeleteSchedulingPolicy: not while used in any job queue",
)
def scheduling_policy_in_use(request: Request) -> str | None:
    """A scheduling policy must not be deleted while a job queue uses it."""
    queues = request.backend(batch_backends)._job_queues.values()
    if any(queue.schedule_policy == request.get("arn") for queue in queues):
        return "Cannot delete, found existing JobQueue relationship"
    return None


@rule(
    "scheduling-policy-values",
    on=("batch:CreateSchedulingPolicy", "batch:UpdateSchedulingPolicy"),
    code="ClientException",
    source=f"{MODEL}, FairsharePolicy.computeReservation, ShareAttributes.weightFactor",
)
def scheduling_policy_values(request: Request) -> str | None:
    """A reservation must be between 0 and 99, and a weight between 0.0001 and 999.9999."""
    policy = request.get("fairsharePolicy") or {}
    if policy.get("computeReservation", 0) not in _RESERVATIONS:
        return refused("computeReservation must be between 0 and 99")
    smallest, largest = _WEIGHTS
    weights = [share.get("weightFactor", 1.0) for share in policy.get("shareDistribution", ())]
    if all(smallest <= weight <= largest for weight in weights):
        return None
    return refused(f"weightFactor must be between {smallest} and {largest}")


@rule(
    "share-identifier-form",
    on=("batch:CreateSchedulingPolicy", "batch:SubmitJob", "batch:UpdateSchedulingPolicy"),
    code="ClientException",
    source=f"{MODEL}, ShareAttributes.shareIdentifier, SubmitJobRequest.shareIdentifier",
)
def share_identifier_form(request: Request) -> str | None:
    """A share identifier must have at most 255 letters and digits; an asterisk may follow."""
    for share in _shares(request):
        if not share or not _SHARE.fullmatch(share):
            return refused(
                f"shareIdentifier {share} must be up to 255 alphanumeric characters, optionally followed by *"
            )
    return None


@rule(
    "share-identifiers-overlap",
    on=("batch:CreateSchedulingPolicy", "batch:UpdateSchedulingPolicy"),
    code="ClientException",
    source=f"{MODEL}, ShareAttributes.shareIdentifier: the list can't overlap",
)
def share_identifiers_overlap(request: Request) -> str | None:
    """No share identifier of a scheduling policy must cover another one."""
    shares = list(_shares(request))
    for place, share in enumerate(shares):
        others = [*shares[:place], *shares[place + 1 :]]
        covers = [other for other in others if _covers(share, other)]
        if covers:
            return refused(f"shareIdentifier {share} overlaps with {covers[0]}")
    return None


@rule(
    "scheduling-priority-required",
    on=("batch:SubmitJob",),
    code="ClientException",
    source="hashicorp/terraform-provider-aws issue 31226; nextflow-io/nextflow pull request 3505",
)
def scheduling_priority_required(request: Request) -> str | None:
    """A job in a queue with a scheduling policy must have a scheduling priority."""
    batch = request.backend(batch_backends)
    queue = batch.get_job_queue(request.get("jobQueue"))
    definition = batch.get_job_definition(request.get("jobDefinition"))
    if queue is None or definition is None or not queue.schedule_policy:
        return None
    of_definition = vars(definition).get("scheduling_priority")
    if request.get("schedulingPriorityOverride") is not None or of_definition is not None:
        return None
    return "Either schedulingPriority in job definition or schedulingPriorityOverride is required."


@rule(
    "scheduling-priority-range",
    on=("batch:RegisterJobDefinition", "batch:SubmitJob"),
    code="ClientException",
    source=f"{MODEL}, SubmitJobRequest.schedulingPriorityOverride, RegisterJobDefinitionRequest",
)
def scheduling_priority_range(request: Request) -> str | None:
    """A scheduling priority must be between 0 and 9,999."""
    name = (
        "schedulingPriority" if request.operation == "RegisterJobDefinition" else "schedulingPriorityOverride"
    )
    if request.get(name, 0) in _PRIORITIES:
        return None
    return refused(f"{name} must be between 0 and 9999")


def _shares(request: Request) -> Iterable[str]:
    if request.operation == "SubmitJob":
        yield from [request.get("shareIdentifier")] if "shareIdentifier" in request.parameters else []
        return
    for share in (request.get("fairsharePolicy") or {}).get("shareDistribution", ()):
        yield share.get("shareIdentifier", "")


def _covers(share: str, other: str) -> bool:
    if share.endswith("*"):
        return other.rstrip("*").startswith(share[:-1])
    return share == other


RULES: tuple[Rule, ...] = (
    job_queue_stays_fifo,
    scheduling_policy_in_use,
    scheduling_policy_values,
    share_identifier_form,
    share_identifiers_overlap,
    scheduling_priority_required,
    scheduling_priority_range,
)
