"""The sector's own language: SPDCI Social Registry 1.0.0, its messages and our national profile."""
