# A module of a package, which imports from its package; by itself it has no package to import from.
from . import name
from .other import value


def wrap(thing):
    return [thing, name, value]
