# What the standard library sets up on first use, used once before anything is recorded, so that the first case that uses it
# finds what every later one does.
import asyncio, collections, contextlib, copy, dataclasses, enum, functools, json, re, traceback, typing, weakref


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
json.loads(json.dumps({"a": [1, 2.5, None]}))
re.sub("(a)", r"\1", "ab")
try:
    raise ValueError from KeyError()
except ValueError:
    traceback.format_exc()
weakref.WeakValueDictionary()[1] = Point(1)
isinstance([], collections.abc.Sized)
