"""The paths of ingest."""
