"""Checks of Terraform plans: data loss, interruptions, lifted protection, and the planned values of the stack."""
