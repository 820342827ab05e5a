# Imports of names that are not there.
"""What is said of a name that a module has not holds the module's name and file."""
import plain
file, name = '-'.join(['some', 'file']), '-'.join(['some', 'name'])
for step in [1, 2]:
    try:
        from plain import nothing
    except ImportError as error:
        result = [error.path, error.name]
    del result
    plain.__file__ = file
    plain.__name__ = name
