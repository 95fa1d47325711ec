"""`make bench`: every figure beside its limit, measured in one run on one machine.

Absolute rates mean little on a shared machine; each is given as a ratio to a bare program that does
only the part nobody can avoid. Nothing here is a test, and nothing fails.
"""
