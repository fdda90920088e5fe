"""Privilege escalation: paths from a role of a stack to a privilege that it must not have.

Other checks look at one statement or one role. This one combines them: the requests that a role may make, the roles
that it can become with them, and so on. `permissions` decides single requests, `inventory` lists the roles of a stack
and the workloads that run with them, `techniques` lists the steps from one role to another, `reach` follows them, and
`policy` lists the forbidden paths.

`policies` and `operations` import it.
"""
