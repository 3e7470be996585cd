"""What becomes of the rows of a file: pure rules, in the order in which they decide."""
