"""Checks of Terraform plans: data loss, interruptions, lifted protection, and the planned values of the stack.

`policies` and `operations` import it.
"""
