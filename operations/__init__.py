"""What an operator does around the stacks, by hand or in a workflow."""
