"""The gateway in front of a database: TLS, IAM authentication, and a relay to the postmaster.

It is a program (`python -m terrarium_sandbox.postgres.gateway`) with one process per database server and one process
per connection, as PostgreSQL has them. It has no knowledge of AWS: it asks the sandbox whether an IAM token is valid.

Only `terrarium_sandbox.postgres` imports it.
"""

__all__: list[str] = []
