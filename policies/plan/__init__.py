"""A Terraform plan, judged: what is planned, and what only a plan can tell."""
