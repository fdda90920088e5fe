"""Real PostgreSQL behind the emulated RDS.

A `DatabaseServer` is one data folder, one postmaster that listens on a unix socket only, and one gateway that
listens where RDS says the database is. `DatabaseServers` are all those of one sandbox.
"""

__all__: list[str] = []
