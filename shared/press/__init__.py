"""press: articles, the figures in them, and what does not add up."""
