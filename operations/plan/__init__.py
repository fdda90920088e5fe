"""What Terraform would change, in words: for reviews, and to see what changed behind its back."""
