"""Whole files: addresses out of one column, their answers beside it into another file, in bounded memory."""
