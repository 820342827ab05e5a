# Modules beside the snippet are imported and run like it: who holds a module, its namespace and what it defines, the second
# import that runs nothing, a package and what is in it, names that are not there.
import helper
from helper import Thing, make
import package.leaf
from package import other as renamed

made = make(3)
thing = Thing(made)
result = package.leaf.wrap(thing)


def late():
    from package.leaf import wrap

    return wrap


late()(1)
import helper as again

print(again is helper, package.leaf.__name__, __name__, renamed.value)
try:
    import nowhere
except ImportError as error:
    print(error, error.name)
try:
    from helper import missing
except ImportError as error:
    print(error.name)
del helper, again, package
