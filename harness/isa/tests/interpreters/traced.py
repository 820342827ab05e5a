# Run under an opcode trace by the test `boundaries_are_those_that_cpython_reports`: every shape of control flow once.
import asyncio


def straight(a, b=2, *rest, k=1, **more):
    c, d = a, b
    e = c
    c += d * e - k
    return c, d, e, rest, more


straight(1)
straight(1, 2, 3, k=4, z=5)
straight(*(1, 2), **{"z": 1})


def loops(items):
    total = 0
    for i in items:
        if i == 2:
            continue
        if i > 3:
            break
        while total < 5 and i:
            total += 1
    else:
        total = -1
    for _ in ():
        pass
    for key, value in {"a": 1}.items():
        total += value
    return [x for x in items if x], {x: y for x in items for y in items}, {*items}, [*items, *items]


loops([1, 2, 3])
loops([1, 2, 3, 4, 5])
loops([])


def conditions(x, y):
    z = x or y
    z = x and y or z
    if x is None or y is not None:
        z = 1
    if x is not None and not y:
        z = 2
    return 1 < x < 9 if x else (x not in [y]), z, x == y, not x == y


conditions(1, 2)
conditions(None, None)
conditions(0, 3)
conditions(12, 0)


def closures(a):
    b = 1

    def inner(c):
        nonlocal b
        b += a + c

        def innermost():
            return a, b

        return innermost

    result = inner(2)()
    del b
    return result, [lambda: (a, i) for i in range(2)][1]()


closures(1)


def exceptions(kind):
    try:
        try:
            if kind == 1:
                raise ValueError("x")
            if kind == 2:
                raise KeyError from None
            if kind == 3:
                return 3
            [][kind]
        except ValueError as e:
            return e.args
        except (IndexError, TypeError):
            raise
        finally:
            kind = None
    except LookupError as e:
        e = e
        return str(e)
    else:
        return None


for kind in (1, 2, 3, 4):
    exceptions(kind)


def unbound(flag):
    try:
        if flag:
            x = 1
        del x
        return x
    except NameError:
        return None


unbound(0)
unbound(1)


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        return True

    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        return True


def managed():
    with Manager() as m, Manager():
        m = m
        raise ValueError
    with Manager():
        return 1


managed()


def groups():
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError as e:
        e = e
    except* TypeError:
        pass


groups()


def generator(n):
    got = yield n
    try:
        yield got
    except KeyError:
        yield 7
    return 9


def delegating():
    result = yield from generator(1)
    yield from [result]
    return (yield from ())


def drive():
    g = delegating()
    next(g)
    g.send(2)
    g.throw(KeyError)
    list(g)
    g = delegating()
    next(g)
    g.close()
    g = generator(1)
    try:
        g.throw(ValueError)
    except ValueError:
        pass
    list(x for x in generator(3))
    for x in delegating():
        pass


drive()


async def countdown(n):
    while n:
        n -= 1
        yield n
        await asyncio.sleep(0)


async def main():
    async for i in countdown(3):
        if i == 1:
            break
    result = [i async for i in countdown(2)]
    async with Manager():
        raise ValueError
    async with Manager() as m:
        m = m
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.001)
    except asyncio.TimeoutError:
        pass
    return result, [await c for c in [asyncio.sleep(0)]]


asyncio.run(main())


class Base:
    x: int = 1
    y = x

    def method(self, a):
        return self.x + a

    @property
    def p(self):
        return __class__

    @p.setter
    def p(self, value):
        self.__dict__["q"] = value


class Derived(Base):
    def method(self, a):
        self.p = a
        self.z = self.p
        del self.z
        return super().method(a) + super(Derived, self).x + super().x


Derived().method(1)


def matching(subject):
    match subject:
        case {"a": 1, "b": [x, *rest]}:
            return x, rest
        case [1, _, *rest] | (rest, None):
            return rest
        case Base(x=1) as base:
            return base
        case str() | int():
            return 1
        case _:
            return None


for subject in ({"a": 1, "b": [2, 3]}, [1, 2, 3], (5, None), Base(), "s", 1.5, {"a": 1}):
    matching(subject)


def strings(a):
    first, *middle, last = "abcd"
    s = f"{a}{a!r:>10}{a:.2f}{middle}" + f"{last!s}" + f"{first:{a}}"
    s[1:2], s[::2], s[:1]
    items = [1, 2, 3, 4]
    items[1:3] = s
    items[0] = 1
    del items[0], items[::2]
    assert items, "message"
    try:
        assert not items, a
    except AssertionError:
        pass
    return s


strings(3)


def annotated(a: int, *, b: str = "x") -> None:
    import os.path as path
    from os import sep, altsep

    global made
    made = path, sep, altsep
    del made


annotated(1)
for i, *j in [(1, 2, 3)]:
    del i, j
[i for i in range(2)]
eval(compile("1", "<traced>", "single"))
exec(compile("from os.path import *", "<traced>", "exec"))
