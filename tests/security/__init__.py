"""Attacks on the kit that must be refused."""
