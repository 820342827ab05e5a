# What the standard library sets up on first use, used once before anything is recorded, so that the first case that uses it
# finds what every later one does.
import _codecs, asyncio, binascii, bisect, collections, contextlib, copy, dataclasses, enum, functools, gc, heapq, io, itertools, json
import math, operator, re, struct, time, traceback, types, typing, warnings, weakref


async def pause():
    await asyncio.sleep(0)
    async for _ in agen():
        pass


async def agen():
    yield 1


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0


class Color(enum.Enum):
    RED = 1


@contextlib.contextmanager
def manager():
    yield


@functools.singledispatch
def dispatch(value):
    return value


asyncio.run(pause())
asyncio.set_event_loop_policy(None)
with manager():
    copy.deepcopy([Point(1), Color.RED, collections.Counter("ab"), collections.namedtuple("N", "a b")(1, 2)])
dispatch(typing.Optional[typing.List[int]])
json.loads(json.dumps({"a": [1, 2.5, None, True, False, [], {}]}))
re.sub("(a)", r"\1", "ab")
try:
    raise ValueError from KeyError()
except ValueError:
    traceback.format_exc()
weakref.WeakValueDictionary()[1] = Point(1)
# The number of the filters' version, which a registry of warnings holds, is no small integer, which others hold, too.
for _ in range(300):
    warnings._filters_mutated()
# The first call by keyword makes a builtin's table of its parameters, which holds their names from then on.
for call in (
    lambda: print(sep="", end="", file=io.StringIO(), flush=False),
    lambda: sorted([], key=None, reverse=False),
    lambda: [].sort(key=None, reverse=False),
    lambda: sum([], start=0),
    lambda: list(enumerate([], start=0)),
    lambda: int("1", base=10),
    lambda: round(1.5, ndigits=1),
    lambda: pow(base=2, exp=3, mod=5),
    lambda: "a".split(sep=None, maxsplit=1),
    lambda: "a".rsplit(sep=None, maxsplit=1),
    lambda: "a".splitlines(keepends=True),
    lambda: "a".expandtabs(tabsize=8),
    lambda: "a".encode(encoding="utf-8", errors="strict"),
    lambda: b"a".decode(encoding="utf-8", errors="strict"),
    lambda: b"a".split(sep=None, maxsplit=1),
    lambda: b"a".rsplit(sep=None, maxsplit=1),
    lambda: b"a".splitlines(keepends=True),
    lambda: b"a".expandtabs(tabsize=8),
    lambda: b"a".hex(sep=":", bytes_per_sep=1),
    lambda: b"a".translate(None, delete=b"b"),
    lambda: bytearray(b"a").decode(encoding="utf-8", errors="strict"),
    lambda: bytes(source="a", encoding="utf-8", errors="strict"),
    lambda: bytearray(source="a", encoding="utf-8", errors="strict"),
    lambda: str(object=b"a", encoding="utf-8", errors="strict"),
    lambda: (1).to_bytes(length=1, byteorder="big", signed=False),
    lambda: int.from_bytes(bytes=b"a", byteorder="big", signed=False),
    lambda: complex(real=1, imag=2),
    lambda: memoryview(object=b"a"),
    lambda: memoryview(b"a").tobytes(order="C"),
    lambda: list(zip([], strict=True)),
    lambda: compile(source="1", filename="f", mode="eval", flags=0, dont_inherit=True, optimize=-1),
    lambda: exec("", {}, {}, closure=None),
    lambda: eval("1", globals={}, locals={}),
    lambda: __import__(name="sys", globals=None, locals=None, fromlist=(), level=0),
    lambda: math.isclose(a=1, b=1, rel_tol=1, abs_tol=1),
    lambda: math.prod([], start=1),
    lambda: itertools.accumulate(iterable=[], func=None, initial=1),
    lambda: itertools.count(start=0, step=1),
    lambda: itertools.repeat(object=1, times=1),
    lambda: itertools.groupby(iterable=[], key=None),
    lambda: itertools.product([], repeat=1),
    lambda: itertools.zip_longest([], fillvalue=0),
    lambda: itertools.permutations(iterable=[], r=1),
    lambda: itertools.combinations(iterable=[], r=1),
    lambda: itertools.combinations_with_replacement(iterable=[], r=1),
    lambda: itertools.compress(data=[], selectors=[]),
    lambda: collections.deque(iterable=[], maxlen=1),
    lambda: collections.OrderedDict().popitem(last=True),
    lambda: collections.OrderedDict(a=1).move_to_end("a", last=True),
    lambda: functools.lru_cache(maxsize=1, typed=False),
    lambda: functools.cmp_to_key(mycmp=len)(obj=1),
    lambda: property(fget=None, fset=None, fdel=None, doc=None),
    lambda: range(1).index(0),
    lambda: gc.collect(generation=0),
    lambda: time.strftime("", time.gmtime(0)),
):
    try:
        call()
    except (TypeError, KeyError):
        # Not by keyword in this version.
        pass
# The rest of them, by a keyword that nothing has: the table is made first, and then the call refused.
match = re.match("a", "a")
plain = "", b"", bytearray(), 1, 1.5, 1j, [], (), {}, set(), frozenset(), memoryview(b""), range(1), slice(1), match, match.re
for owner in (*plain, struct.Struct("b"), io.StringIO(), io.BytesIO(), bisect, binascii, functools, heapq, math, operator, struct, _codecs):
    for name in dir(owner):
        call = getattr(owner, name, None)
        if isinstance(call, types.BuiltinFunctionType) and not name.startswith("__"):
            try:
                call(**{"?": None})
            except Exception:
                pass
del match, plain, owner, call
# Each case compiles its patterns itself.
re.purge()
isinstance([], collections.abc.Sized)
