"""Workbooks as streams: parts unpacked within bounds, cells with their type.

Own, because the readers at hand answer "" for a formula without a stored value and for an error
value alike, know no hidden or merged rows, and hold a whole sheet in memory.
"""
