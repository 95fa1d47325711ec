"""The three services (ingest, worker, api), the command line, and the table that composes them."""
