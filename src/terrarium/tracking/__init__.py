"""`terrarium://<environment>`: MLflow's tracking and registry, on the environment's own database and bucket."""
