# What others import: a function, a class, a cache that keeps what it made.
cache = {}


def make(size):
    cache[size] = [size] * size
    return cache[size]


class Thing:
    def __init__(self, held):
        self.held = held
