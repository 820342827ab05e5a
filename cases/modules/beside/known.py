# Constants that are counted while modules come and go.
"""An import takes no constant that it does not give back, but for those that a specification keeps."""
yes, no, none = True, False, None
import plain
import package
import package.inner.deep
spec, file = plain.__spec__, plain.__file__
