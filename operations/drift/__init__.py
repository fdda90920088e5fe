"""Drift: differences between an account and its stack, also in what Terraform does not manage. For `terrarium drift`.

Only `operations` imports it.
"""
