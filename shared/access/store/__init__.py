"""Clients and the keys of their tokens in PostgreSQL."""
