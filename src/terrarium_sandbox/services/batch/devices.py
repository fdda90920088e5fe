"""Devices of instances that containers use: the Neuron devices of Trainium and Inferentia."""

import re

from moto.batch.models import batch_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES

from terrarium_sandbox.services.batch.job import Job

__all__ = ["missing_device"]

_NEURON = re.compile(r"/dev/neuron(?P<number>\d+)")


def missing_device(job: Job, node: int) -> str | None:
    """Return the path of a device that no instance type of the job's compute environment has; None if all exist."""
    parameters = job.containers[node].properties.get("linuxParameters") or {}
    for device in parameters.get("devices") or ():
        known = _NEURON.fullmatch(str(device.get("hostPath")))
        if known and int(known["number"]) >= _most_devices(job):
            return str(device["hostPath"])
    return None


def _most_devices(job: Job) -> int:
    batch = batch_backends[job.account][job.region]
    environment = batch.get_compute_environment(job.compute_environment) if job.compute_environment else None
    names = ((environment.compute_resources or {}) if environment else {}).get("instanceTypes") or ()
    return max(
        (
            sum(device["Count"] for device in description.get("NeuronInfo", {}).get("NeuronDevices", ()))
            for name, description in INSTANCE_TYPES.items()
            if name in names or name.partition(".")[0] in names
        ),
        default=0,
    )
