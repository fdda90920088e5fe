"""Training compute on AWS Batch: pools, queues, job definitions and the migration job."""
