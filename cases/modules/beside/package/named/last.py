# A module two packages deep, which asks for its own name while it is imported.
name = __name__
