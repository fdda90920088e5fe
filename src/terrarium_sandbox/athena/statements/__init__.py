"""What Athena's statements do, one kind in each module.

Only `terrarium_sandbox.athena` imports it.
"""
