# Another module of the package.
value = {}
