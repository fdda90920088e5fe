"""`terrarium://<environment>`: MLflow's tracking and registry, on the environment's own database and bucket.

MLflow loads it by entry point. No other package imports it.
"""
