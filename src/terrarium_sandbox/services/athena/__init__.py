"""Athena: execution of queries on the tables of Glue and the files of S3.

Only `terrarium_sandbox.services` imports it.
"""

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:
    """Connect moto's Athena to the data plane."""
    from terrarium_sandbox.services.athena.data_catalog import install_data_catalog
    from terrarium_sandbox.services.athena.operations import install_operations
    from terrarium_sandbox.services.athena.queries import Queries
    from terrarium_sandbox.services.athena.workgroups import install_workgroups

    queries = Queries(sandbox)
    install_operations(queries, sandbox.locks)
    install_data_catalog(sandbox.locks)
    install_workgroups()
    sandbox.on_start(queries.start)
    sandbox.on_stop(queries.stop)
