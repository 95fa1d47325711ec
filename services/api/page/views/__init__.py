"""What is shown under each address of the page."""
