# Imports with a star, of modules that list their names well and wrongly.
"""What `from … import *` holds: the names, the module's list of them, and what it takes."""
import sys
import plain
thing, other = object(), object()
plain.x, plain.y = thing, other
class Listing:
    def __getitem__(self, index):
        return ['x', 'y'][index]
listing = Listing()
plain.__all__ = listing
for step in [1, 2, 3]:
    from plain import *
    result = [x for x in [5]]
plain.x = other
from plain import *
plain.x = thing
from plain import *
result = [x, [y for y in [other]]]
del x, y, result
for step in [1]:
    from plain import *
