"""The cdktf app: one stack per environment, of the constructs in `modules`. `policies` and `operations` import it."""
