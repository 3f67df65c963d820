"""A connector's settings, the rules of type selection, and the delivery or report that results."""
