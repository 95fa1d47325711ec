"""Checks: one file for each way in which the figures of an article can contradict something.

Every check takes the items of `items.py` and returns findings. It compares by bounds
(`bounds.py`): what the printed digits and the words around them leave open is no contradiction.
"""
