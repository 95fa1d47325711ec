"""Logs and metrics: every name in one place, no names or id numbers of people in any of them."""
