"""The way from a laptop to the private database, through Session Manager: no open port, nothing while idle."""
