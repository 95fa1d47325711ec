"""The compose deployment on a real engine, step by step: `make compose-test`."""
