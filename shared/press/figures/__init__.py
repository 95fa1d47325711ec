"""Figures read out of articles: each with its meaning and the words that say it."""
