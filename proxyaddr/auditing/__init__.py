"""What is wrong with the recipients of a directory, and what mends it."""
