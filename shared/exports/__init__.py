"""Exports: a question whose whole answer is made into a file."""
