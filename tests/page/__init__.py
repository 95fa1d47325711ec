"""Tests of the folder that this one is named after; see `tests/__init__.py`."""
