# Names that are the empty string.
nothing = ''
whole = [nothing, '']
