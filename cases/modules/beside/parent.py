# A module that is being imported is held by name, and by what its name has before the last dot: the empty string.
import empties
again = empties.nothing
