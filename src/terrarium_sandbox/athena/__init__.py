"""Athena's engine: parses Athena's SQL, runs it with DuckDB, and stores tables in Glue and S3 as Athena does.

It runs in worker processes, and calls AWS' APIs with the caller's credentials.

Only `terrarium_sandbox.services` imports it.
"""
