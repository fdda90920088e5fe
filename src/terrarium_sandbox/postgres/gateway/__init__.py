"""What listens at a database's endpoint: TLS, IAM authentication, then a relay to the postmaster.

It is a program of its own (`python -m terrarium_sandbox.postgres.gateway`), one process per database server and one
more per connection, as PostgreSQL itself has them. It knows nothing of AWS: whether an IAM token is good,
it asks the sandbox.
"""

__all__: list[str] = []
