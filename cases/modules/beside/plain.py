# Has nothing but a docstring; the others import it.
"""A module with nothing in it."""
