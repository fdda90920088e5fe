"""Tables that queries read: Hive tables, Iceberg tables, their metadata, and the information schema.

`terrarium_sandbox.athena` and the API of Athena import it.
"""
