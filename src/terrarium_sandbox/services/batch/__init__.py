"""Batch: corrections, and execution of jobs as processes of this machine.

Only `terrarium_sandbox.services` imports it.
"""

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:
    """Correct moto's Batch, and connect it to the data plane."""
    from terrarium_sandbox.services.batch.api import install_operations
    from terrarium_sandbox.services.batch.corrections import correct_batch
    from terrarium_sandbox.services.batch.jobs import Jobs
    from terrarium_sandbox.services.batch.scheduler import Scheduler
    from terrarium_sandbox.services.batch.state_changes import StateChanges

    jobs = Jobs()
    sandbox.keep("batch_jobs", dump=jobs.dump, load=jobs.load)
    changes = StateChanges(sandbox, jobs)
    scheduler = Scheduler(sandbox, jobs, changes)
    correct_batch()
    install_operations(jobs, scheduler, changes)
    sandbox.on_start(scheduler.start)
    sandbox.on_stop(scheduler.stop)
