"""Techniques to run code of the attacker in a job, a notebook, a state machine or a deployment."""

from collections.abc import Iterator

from policies.escalation.privileges import MANIFEST, Attacker, Privilege, Step

__all__ = ["change_code", "change_manifest", "change_state", "submit_job"]


def submit_job(attacker: Attacker) -> Iterator[Step]:
    """Submit a job with a command of the attacker (SubmitJob, `containerOverrides`)."""
    for workload in attacker.inventory.workloads:
        role = attacker.inventory.roles.get(workload.role)
        if role is None or attacker.has(role.name):
            continue
        by = attacker.who_can("batch:SubmitJob", workload.arn)
        if by and any(attacker.who_can("batch:SubmitJob", queue) for queue in attacker.inventory.queues):
            definition = workload.arn.rpartition("/")[2]
            yield Step(by, f"submits {definition} with another command", Privilege(role.name, role.principal))


def change_code(attacker: Attacker) -> Iterator[Step]:
    """Change the code that runs with a role: a notebook or its script, a state machine, an image, a shell on a host."""
    inventory = attacker.inventory
    notebook = inventory.arn("arn:aws:sagemaker:{region}:{account}:notebook-instance/{prefix}someone")
    script = f"{notebook.replace('notebook-instance/', 'notebook-instance-lifecycle-config/')}"
    ways: list[tuple[str, str | None, str]] = []
    if role := inventory.named("notebook"):
        ways += [
            (role.arn, notebook, "sagemaker:CreatePresignedNotebookInstanceUrl"),
            (role.arn, notebook, "sagemaker:UpdateNotebookInstance"),
            (role.arn, script, "sagemaker:UpdateNotebookInstanceLifecycleConfig"),
        ]
    ways += [
        (role, machine, "states:UpdateStateMachine") for machine, role in inventory.state_machines.items()
    ]
    for workload in inventory.workloads:
        if workload.repository:
            ways.append((workload.role, workload.repository, "ecr:PutImage"))
        host = inventory.arn("arn:aws:ec2:{region}:{account}:instance/i-00000000000000000")
        ways.append((workload.role, host, "ssm:SendCommand"))
        shell = inventory.arn("arn:aws:ssm:{region}:{account}:document/SSM-SessionManagerRunShell")
        if attacker.who_can("ssm:StartSession", shell):
            ways.append((workload.role, host, "ssm:StartSession"))
    for arn, resource, action in ways:
        found = inventory.roles.get(arn)
        if found is None or attacker.has(found.name):
            continue
        if by := attacker.who_can(action, resource):
            target = (resource or "").rpartition(":")[2]
            yield Step(by, f"{action} on {target}", Privilege(found.name, found.principal))


def change_state(attacker: Attacker) -> Iterator[Step]:
    """Write Terraform's state: the next deployment runs the providers that it names."""
    deploy = attacker.inventory.named("ci-deploy")
    if deploy is None or attacker.has(deploy.name):
        return
    if by := attacker.who_can("s3:PutObject", attacker.inventory.state):
        yield Step(by, "writes Terraform's state", Privilege(deploy.name, deploy.principal))


def change_manifest(attacker: Attacker) -> Iterator[Step]:
    """Write the manifest: SDKs connect to the database and the buckets that it names."""
    if by := attacker.who_can("ssm:PutParameter", attacker.inventory.manifest):
        yield Step(by, "writes the manifest", MANIFEST)
