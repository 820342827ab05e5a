# Half of a cycle of imports.
nothing = None
import second

late = second.found
