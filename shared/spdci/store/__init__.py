"""What SPDCI messages ask of the database."""
