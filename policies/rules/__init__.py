"""What an ML platform must never do: each rule a function over one synthesized stack."""
