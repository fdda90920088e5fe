"""Corrections and data planes of moto's services, one module for each AWS service.

The server of the sandbox imports it.
"""

from terrarium_sandbox.sandbox import Sandbox, Service
from terrarium_sandbox.services import (
    athena,
    batch,
    budgets,
    cloudtrail,
    costexplorer,
    ec2,
    ecs,
    events,
    glue,
    kms,
    logs,
    rds,
    resourcegroupstaggingapi,
    s3,
    sagemaker,
    scheduler,
    sns,
    stepfunctions,
    sts,
)

__all__ = ["SERVICES", "install_services"]

# In the order of installation and start; they stop in the reverse order.
SERVICES: tuple[Service, ...] = (
    athena, batch, budgets, cloudtrail, costexplorer, ec2, ecs, events, glue, kms, logs, rds, resourcegroupstaggingapi,
    s3, sagemaker, scheduler, sns, stepfunctions, sts,
)  # fmt: skip


def install_services(sandbox: Sandbox) -> None:
    """Install every service into the host."""
    for service in SERVICES:
        service.install(sandbox)
