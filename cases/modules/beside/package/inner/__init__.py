# A package in a package.
marker = object()
