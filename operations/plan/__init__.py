"""Terraform plans as text, for reviews.

Only `operations` imports it.
"""
