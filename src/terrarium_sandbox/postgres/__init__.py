"""Real PostgreSQL servers behind the emulated RDS.

A `DatabaseServer` is one data folder, one postmaster that listens on a unix socket only, and one gateway that
listens at the database's endpoint. `DatabaseServers` are all servers of one sandbox.

Only `terrarium_sandbox.services` imports it.
"""

__all__: list[str] = []
