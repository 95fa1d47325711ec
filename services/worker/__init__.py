"""Turns facts into results. Promise: at least once in, exactly one effect out, in one transaction.

`routes.py` shows the whole system on one screen; each handler is load, decide, save, announce.
"""
