"""Pictures as SVG, by pure functions: the same on a screen, on paper and without script."""
