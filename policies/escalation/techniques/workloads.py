"""Have a workload run code of one"s own: a job, a notebook, a state machine, a deployment."""

from collections.abc import Iterator

from policies.escalation.powers import MANIFEST, Gained, Power, Step

__all__ = ["change_code", "change_manifest", "change_state", "submit_job"]


def submit_job(gained: Gained) -> Iterator[Step]:
    """Submit a job with a command of the caller's own (SubmitJob, `containerOverrides`)."""
    for workload in gained.estate.workloads:
        role = gained.estate.roles.get(workload.role)
        if role is None or gained.has(role.name):
            continue
        by = gained.who_can("batch:SubmitJob", workload.arn)
        if by and any(gained.who_can("batch:SubmitJob", queue) for queue in gained.estate.queues):
            definition = workload.arn.rpartition("/")[2]
            yield Step(by, f"submits {definition} with another command", Power(role.name, role.principal))


def change_code(gained: Gained) -> Iterator[Step]:
    """Change what runs with a role: a notebook's session or script, a state machine, an image, a shell on a host."""
    estate = gained.estate
    notebook = f"arn:aws:sagemaker:{estate.region}:{estate.account}:notebook-instance/{estate.prefix}someone"
    script = f"{notebook.replace('notebook-instance/', 'notebook-instance-lifecycle-config/')}"
    ways: list[tuple[str, str | None, str]] = []
    if role := estate.named("notebook"):
        ways += [
            (role.arn, notebook, "sagemaker:CreatePresignedNotebookInstanceUrl"),
            (role.arn, notebook, "sagemaker:UpdateNotebookInstance"),
            (role.arn, script, "sagemaker:UpdateNotebookInstanceLifecycleConfig"),
        ]
    ways += [(role, machine, "states:UpdateStateMachine") for machine, role in estate.state_machines.items()]
    for workload in estate.workloads:
        if workload.repository:
            ways.append((workload.role, workload.repository, "ecr:PutImage"))
        host = f"arn:aws:ec2:{estate.region}:{estate.account}:instance/i-00000000000000000"
        ways.append((workload.role, host, "ssm:SendCommand"))
        shell = f"arn:aws:ssm:{estate.region}:{estate.account}:document/SSM-SessionManagerRunShell"
        if gained.who_can("ssm:StartSession", shell):
            ways.append((workload.role, host, "ssm:StartSession"))
    for arn, resource, action in ways:
        found = estate.roles.get(arn)
        if found is None or gained.has(found.name):
            continue
        if by := gained.who_can(action, resource):
            target = (resource or "").rpartition(":")[2]
            yield Step(by, f"{action} on {target}", Power(found.name, found.principal))


def change_state(gained: Gained) -> Iterator[Step]:
    """Write Terraform's state: a provider that it names runs in the next deployment."""
    deploy = gained.estate.named("ci-deploy")
    if deploy is None or gained.has(deploy.name):
        return
    if by := gained.who_can("s3:PutObject", gained.estate.state):
        yield Step(by, "writes Terraform's state", Power(deploy.name, deploy.principal))


def change_manifest(gained: Gained) -> Iterator[Step]:
    """Write the manifest: every SDK connects to the database and the buckets that it names."""
    if by := gained.who_can("ssm:PutParameter", gained.estate.manifest):
        yield Step(by, "writes the manifest", MANIFEST)
