"""Policies: rules for every synthesized stack and every plan, checked before anything is deployed."""
