"""Funds, allocation runs, payments and support."""
