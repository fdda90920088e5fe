"""Training compute on AWS Batch: pools, queues, job definitions and the migration job.

`stacks` imports it, and constructs that run jobs.
"""
