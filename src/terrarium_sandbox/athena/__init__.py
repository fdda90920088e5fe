"""Athena's engine: reads Athena's SQL, has DuckDB run it, and keeps tables in Glue and S3 as Athena does.

It runs in processes of its own, as whoever asked: through AWS' own APIs, with the caller's credentials.

Only `terrarium_sandbox.services` imports it.
"""
