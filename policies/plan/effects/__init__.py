"""Effects of planned changes on the users of an environment, by Terraform type.

`policies.plan` and `operations` import it.
"""
