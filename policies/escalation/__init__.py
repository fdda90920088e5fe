"""Privilege escalation: paths from a role of a stack to a power that it must not have.

Other checks look at one statement or one role. This one combines them: what a role may do, which roles that lets it
become, and so on. `permissions` decides single requests, `estate` lists roles and what runs as them, `techniques` lists
the ways from one to another, `search` follows them, and `policy` states which paths must not exist.
"""
