# A module that can't be imported.
made = []
raise KeyError(made)
