"""IAM: roles, policy statements, trust policies and permissions boundaries. Imports only `modules.names`."""
