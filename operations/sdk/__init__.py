"""Release of the SDK for the buckets of environments: its wheel and all locked dependencies.

Only `operations` imports it.
"""
