# A package.
name = [1]
