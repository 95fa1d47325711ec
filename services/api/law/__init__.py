"""Poverty standards, programmes, rules and norms as loaded."""
