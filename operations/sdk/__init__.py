"""The SDK as environments serve it: its wheel and every locked dependency, for the platform of jobs and notebooks."""
