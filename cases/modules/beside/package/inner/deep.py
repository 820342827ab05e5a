# A module two packages deep, with an exception that it handles.
def fail():
    raise ValueError


try:
    fail()
except ValueError as error:
    kept = [error.args]
