"""`terrarium verify`: after a deployment, every path that users take is tried as the roles that they have."""
