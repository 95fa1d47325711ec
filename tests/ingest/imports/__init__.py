"""Files of offices, and what may become of them."""
