# The other half of a cycle of imports.
import first
import package.inner.deep as deep

found = [first, deep, hasattr(first, "late")]
