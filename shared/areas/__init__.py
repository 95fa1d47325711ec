"""areas: administrative units, their succession, and what is known of them on a day."""
