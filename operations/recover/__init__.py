"""`terrarium recover`: makes Terraform's state of an environment agree with its account again.

Only `operations` imports it.
"""
