"""What queries read: Hive tables, Iceberg tables and what is known about them, the information schema.

`terrarium_sandbox.athena` and the API of Athena import it.
"""
