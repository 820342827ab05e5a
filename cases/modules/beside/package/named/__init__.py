# A package in a package, which asks for its own name while it is imported.
name = __name__


# One of the names that it lists is computed.
def __getattr__(missing):
    if missing == "computed":
        return [missing]
    raise AttributeError(missing)


__all__ = ["name", "computed"]
