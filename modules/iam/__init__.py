"""IAM: roles, policy statements, trust policies and permissions boundaries. Of `modules`, it imports only `names`."""
