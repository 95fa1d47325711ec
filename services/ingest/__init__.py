"""The only door for facts. Promise: a 202 means stored durably, and exactly one effect follows.

The data's way: bytes → strict JSON → fields (`shared/*/facts.py`) → checks against law and areas →
`record.py`, the one transaction: fact, outbox row, system time.
"""
