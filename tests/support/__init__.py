"""Shared set-up of tests: environments, clients, projects and fixtures that more than one file uses."""
