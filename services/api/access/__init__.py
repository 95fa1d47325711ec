"""Tokens for clients, and the keys that verify them."""
