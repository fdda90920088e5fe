"""Terraform plans as text: `terrarium plan` for reviews, `terrarium drift` for changes by hand.

Only `operations` imports it.
"""
