"""Commands for operators: bootstrap, plan, drift, cost, images, the SDK and verification."""
