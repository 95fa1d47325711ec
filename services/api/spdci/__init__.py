"""SPDCI Social Registry 1.0.0, under `/registry` and `/sr/registry`."""
