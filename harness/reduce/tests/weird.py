import os, sys as system
from collections import (deque as d,
                         OrderedDict)
@property
@decorate(1, *[2], **{'k': 3})
async def coroutine(a, /, b: int = 1, *args: str, c=[], d, **kwargs) -> 'text':
    """A docstring."""
    async with a as b, c() as (d, e):
        await b
    async for x, *y in a: yield x
    return
class Pair[T: int, *Ts, **P](Base, metaclass=Meta):
	x: int
	y: int = 5; z = 6
	def method(self): return super().method()
	type Alias[U] = list[U]
match command.split():
    case [first, *rest] if first: pass
    case {'k': 1 | 2 as value, **others}:
        value = -1
    case Point(x=0, y=0.5) | None: pass
    case (1 + 2j) | 'text' | a.b: pass
    case _: raise
try:
    x = f'{a!r:>{width}} {f"{nested['k']}"} {{}}' rb'bytes' if x else (yield)
except* (ValueError, TypeError) as group:
    raise X from group
else:
    del x[1:2, ::3], y.z
finally:
    global_ = [i async for i in j if i if not j] + [*a] + {**b} | {1} @ c
try: pass
except E: pass
while (n := n - 1) > 0 != None is not True:
    if a: continue
    elif b: break
    else:
        assert a, 'message'
else:
    x = y = lambda *a, b=1, **k: (a, b)
for i, in 1, 2, 0xff, 1_000, 1e3, 2j: print(i, sep='')
long = \
    'a' \
    'b'
text = '''one
  # no comment
two'''
def outer():
    x = 1
    def inner():
        nonlocal x
        x += 1; x <<= 2
        return ..., x
    return inner
größe = a[b][c](d)(e).f
with (open(a) as b, c,): pass
def generator(): result = yield from (x for x in y)
