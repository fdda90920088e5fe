"""RDS: corrections, and a PostgreSQL server for each database of that engine.

Only `terrarium_sandbox.services` imports it.
"""

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:
    """Correct moto's RDS, and connect it to the data plane."""
    from terrarium_sandbox.services.rds.clusters import install_clusters
    from terrarium_sandbox.services.rds.corrections import correct_rds
    from terrarium_sandbox.services.rds.data_plane import DataPlane
    from terrarium_sandbox.services.rds.instances import install_instances
    from terrarium_sandbox.services.rds.logins import add_login_route
    from terrarium_sandbox.services.rds.master_secret import install_master_secret
    from terrarium_sandbox.services.rds.recovery import install_recovery
    from terrarium_sandbox.services.rds.snapshots import install_snapshots

    data_plane = DataPlane(sandbox)
    correct_rds()
    install_master_secret(data_plane.change_managed_password)
    install_snapshots(data_plane)
    install_clusters(data_plane, sandbox.locks)
    install_instances(data_plane, sandbox.locks)
    add_login_route(sandbox)
    recovery = install_recovery(data_plane)
    sandbox.on_start(data_plane.start_all)
    sandbox.on_start(recovery.start)
    sandbox.on_stop(data_plane.stop_all)
    sandbox.on_stop(recovery.stop)
    sandbox.on_reset(data_plane.remove_all)
