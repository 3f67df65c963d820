"""Routes and routing tables, the choice among routes, and the files that hold tables."""
