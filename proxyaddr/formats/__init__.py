"""What a value of a type says, and the rules that judge it."""
