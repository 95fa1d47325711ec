"""Administrative units, and what is counted in them."""
