# Instructions with EXTENDED_ARG prefixes, of every kind that can have one; made by source that is too long to keep.
names = "\n".join(f"n{i} = {i}.5; n{i}" for i in range(600))
exec(compile(names, "<traced>", "exec"))


def body(indent, name="n"):
    return "\n".join(f"{' ' * indent}a{i} = {name} + {name} * {name}" for i in range(70))


loop = f"""
def wide(n, raises):
    for i in [1, 2, 3]:
        while n:
            n -= 1
{body(12)}
        try:
            if raises:
                raise ValueError
            else:
                pass
{body(12)}
        except ValueError as e:
            if e is None:
                continue
{body(12)}
        if i == 2: break
        x = n or i
        n = x and not n
    with open(__import__("os").devnull) as f:
        if raises:
            return wide(n, 0), [i for i in [n] if raises or [{", ".join(f"a{i}" for i in range(70))}]]
{body(8)}
    def inner(): return {", ".join(f"a{i}" for i in range(70))}
    return inner()

wide(3, 0)
wide(2, 1)
def many({", ".join(f"p{i}=None" for i in range(300))}):
    def inner(): return {", ".join(f"p{i}" for i in range(300))}
    p299 = 1
    del p298
    p1.x = p2 = p299
    return inner
try: many()
except AttributeError: pass
def generator():
    for i in range(3):
{body(8, "i")}
        yield i
        yield from [i]
{body(8, "i")}
list(generator())
def call(*args, **kwargs): return args
call({", ".join(f"{i}" for i in range(300))})
call({", ".join(f"k{i}={i}" for i in range(300))})
[{", ".join(f"[{i}]" for i in range(300))}]
"""
exec(compile(loop, "<traced>", "exec"), dict(globals()))
