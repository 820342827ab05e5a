a = []
b = {}
foo = (a, b)
(a, b)
bar = [foo, foo, a]
foo = None
bar[0] = bar[2]
del bar[1]


def first(items):
    item = items[0]
    return item


got = first(bar)
first(bar)
cycle = [a]
cycle.append(cycle)
del cycle
kept = {"a": a, "b": b, "got": got}
kept.pop("a")
a = b = None
print(len(kept), len(bar))
