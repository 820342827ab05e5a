## generator: def generators *3
def N_genfn(N_int1, N_any1):
    BODY
    yield N_int1
    BODY
    yield E_scalar

## generator loop: def generators
def N_genfn(N_any1):
    for T_1 in range(3):
        BODY
        yield T_1

## generator try: def generators *2
def N_genfn(N_any1=E_any):
    try:
        yield 1
        yield 2
    except ValueError as N_exc1:
        BODY
        yield 'caught'
    finally:
        BODY

## generator receives: def generators *2
def N_genfn(N_int1=E_int):
    T_1 = yield N_int1
    T_2 = [T_1]
    T_3 = yield len(T_2)
    return T_3

## generator with: def generators context dispatch
def N_genfn(N_any1=E_any):
    with V_obj_enter as T_1:
        yield 1
        yield 2

## generator exits: def generators
def N_genfn(N_int1):
    yield 0
    if N_int1 > 1:
        return E_any
    yield 1

## generator delegates: def generators *2 gives=GET_YIELD_FROM_ITER
def N_genfn(N_ints1):
    T_1 = yield from N_ints1
    yield 'end'
    yield from (T_2 for T_2 in [E_scalar])
    return T_1

## generator delegates deep: def generators
def T_1():
    try:
        T_2 = yield E_scalar
        yield T_2
        return [E_any]
    finally:
        BODY
def N_genfn(N_any1=None):
    T_3 = yield from T_1()
    yield len(T_3)

## generator keeps: def generators
def N_genfn(N_any1, *args):
    T_1 = [N_any1]
    yield len(args)
    del T_1
    yield 2

## generator yields in expression: def generators
def N_genfn(N_any1):
    T_1 = [N_any1, (yield 1), (yield 2)]
    print((yield 3))

## yield: gen generators
yield E_scalar

## yield assigned: gen generators
N_any = yield E_scalar

## yield from: gen generators
yield from [E_scalar, E_scalar]

## yield return: gen generators
if E_bool:
    return E_any

## next: generators dispatch
N_scalar = next(V_gen, E_scalar)

## close: generators dispatch *2
V_gen.close()

## for gen: use generators dispatch *2
for N_scalar1 in CALL_genfn:
    BODY

## for gen break: generators dispatch
for N_scalar1 in CALL_genfn:
    if E_bool:
        break

## gen rest: generators dispatch
N_mixed = list(itertools.islice(V_gen, 2))

## drive: use generators dispatch *3
T_1 = CALL_genfn
try:
    T_2 = next(T_1)
    T_3 = T_1.send(E_scalar)
    T_1.throw(ValueError(E_any))
except StopIteration as N_exc1:
    N_any1 = N_exc1.value
except Exception as N_exc2:
    BODY
finally:
    del T_1

## drive send first: generators dispatch errors gives=CALL
T_1 = CALL_genfn
try:
    T_1.send(E_int)
except TypeError:
    BODY

## drive throw at once: generators dispatch errors
T_1 = CALL_genfn
try:
    T_1.throw(KeyError)
except Exception as N_exc1:
    BODY

## drive throw and close: use generators dispatch *2
T_1 = CALL_genfn
next(T_1, None)
try:
    T_1.throw(ValueError(E_int))
except Exception as N_exc1:
    BODY
T_1.close()

## drive dropped: generators dispatch collector
T_1 = CALL_genfn
next(T_1, None)
del T_1

## drive to the end: generators dispatch
T_1 = CALL_genfn
while True:
    try:
        T_2 = next(T_1)
    except StopIteration as N_exc1:
        N_any1 = N_exc1.value
        break

## gen cycle: generators cycles collector
def T_1(T_2):
    yield T_2
    yield E_scalar
T_3 = []
T_3.append(T_1(T_3))
next(T_3[0])

## gen ignores close: generators errors
def T_1():
    try:
        yield E_any
    except GeneratorExit:
        yield E_any
T_2 = T_1()
next(T_2)
try:
    T_2.close()
except RuntimeError:
    BODY

## gen running: generators errors
def T_1():
    try:
        next(T_2)
    except ValueError:
        yield E_any
T_2 = T_1()
next(T_2)

## gen stop iteration: generators errors
def T_1():
    yield E_any
    raise StopIteration(E_any)
try:
    list(T_1())
except RuntimeError as N_exc1:
    N_any1 = N_exc1.__cause__

## gen yields from wrong: generators errors
def T_1():
    yield from E_int
try:
    next(T_1())
except TypeError:
    BODY

## gen expression lazily fails: generators errors
T_1 = (T_2 // (1 - T_2) for T_2 in [0, 1, E_int])
try:
    next(T_1)
    next(T_1)
except ZeroDivisionError:
    BODY

## gen state: generators dispatch
T_1 = CALL_genfn
print(T_1.gi_running, T_1.gi_frame is None, T_1.gi_yieldfrom is None)

## coroutine: def async *2
async def N_corofn(N_any1=E_any):
    BODY
    return N_any1

## coroutine awaits: def async *2 gives=GET_AWAITABLE,SEND
class T_1:
    def __await__(self):
        T_2 = yield E_scalar
        return T_2
async def N_corofn(N_int1=E_int):
    T_3 = await T_1()
    BODY
    return T_3, N_int1

## coroutine try: def async gives=GET_AWAITABLE
class T_1:
    def __await__(self):
        yield E_scalar
        raise ValueError(E_any)
async def N_corofn(N_any1=E_any):
    try:
        await T_1()
    except ValueError as N_exc1:
        BODY
    finally:
        BODY

## coroutine with: def async dispatch gives=BEFORE_ASYNC_WITH
async def N_corofn(N_any1=E_any):
    async with V_obj_aenter as T_1:
        BODY
    return T_1

## coroutine with raising: def async dispatch gives=BEFORE_ASYNC_WITH
async def N_corofn(N_any1=E_any):
    async with V_obj_aswallow:
        raise KeyError(N_any1)

## coroutine for: def async dispatch gives=GET_AITER,GET_ANEXT,END_ASYNC_FOR
async def N_corofn(N_any1=E_any):
    async for N_scalar1 in V_obj_aiter:
        BODY
    else:
        BODY

## coroutine comprehension: def async dispatch gives=GET_AITER,GET_ANEXT,END_ASYNC_FOR
async def N_corofn(N_any1=E_any):
    return [T_1 async for T_1 in V_obj_aiter if T_1]

## coroutine generator: def async dispatch gives=ASYNC_GEN_WRAP
async def N_corofn(N_any1=E_any):
    async for T_1 in CALL_agenfn:
        BODY
        break

## coroutine wrong: def async errors gives=GET_AWAITABLE
async def N_corofn(N_any1=E_any):
    try:
        await E_int
    except TypeError:
        return N_any1

## coroutine for wrong: def async errors gives=GET_AITER
async def N_corofn(N_any1=E_any):
    try:
        async for T_1 in E_ints:
            pass
    except TypeError:
        return N_any1

## coroutine next wrong: def async errors gives=GET_ANEXT
class T_1:
    def __aiter__(self):
        return self
    def __anext__(self):
        return E_int
async def N_corofn(N_any1=E_any):
    try:
        async for T_2 in T_1():
            pass
    except TypeError:
        return N_any1

## coroutine with wrong: def async errors gives=BEFORE_ASYNC_WITH
async def N_corofn(N_any1=E_any):
    try:
        async with E_int:
            pass
    except (TypeError, AttributeError):
        return N_any1

## coroutine next fails: def async errors gives=END_ASYNC_FOR
class T_1:
    def __aiter__(self):
        return self
    async def __anext__(self):
        raise ValueError(E_any)
async def N_corofn(N_any1=E_any):
    try:
        async for T_2 in T_1():
            pass
    except ValueError:
        return N_any1

## async generator: def async *2 gives=ASYNC_GEN_WRAP,CALL_INTRINSIC_1
async def N_agenfn(N_any1=E_any):
    yield E_scalar
    BODY
    yield E_scalar

## async generator try: def async
async def N_agenfn(N_any1=E_any):
    try:
        T_1 = yield E_scalar
        yield T_1
    except ValueError:
        yield 'caught'
    finally:
        BODY

## await: awaits async dispatch gives=GET_AWAITABLE
N_any = await CALL_corofn

## run: use async dispatch *4
T_1 = CALL_corofn
try:
    T_1.send(None)
    T_1.send(E_scalar)
    T_1.throw(ValueError(E_any))
except StopIteration as N_exc1:
    N_any1 = N_exc1.value
except Exception as N_exc2:
    BODY
finally:
    T_1.close()

## run to the end: use async dispatch *2
T_1 = CALL_corofn
T_2 = 0
while T_2 < 20:
    T_2 += 1
    try:
        T_1.send(None)
    except StopIteration as N_exc1:
        N_any1 = N_exc1.value
        break
    except Exception as N_exc2:
        break
T_1.close()

## run async generator: use async dispatch *3
T_1 = CALL_agenfn
for T_2 in range(3):
    try:
        T_1.asend(None).send(None)
    except StopIteration as N_exc1:
        N_any1 = N_exc1.value
    except StopAsyncIteration:
        break
T_3 = T_1.aclose()
try:
    T_3.send(None)
except StopIteration:
    pass

## run async throw: async dispatch
T_1 = CALL_agenfn
try:
    T_1.__anext__().send(None)
except StopIteration:
    pass
try:
    T_1.athrow(ValueError(E_any)).send(None)
except (StopIteration, StopAsyncIteration):
    pass
except Exception:
    BODY

## coroutine throw: async dispatch
T_1 = CALL_corofn
try:
    T_1.throw(KeyError(E_any))
except Exception as N_exc1:
    BODY

## coroutine awaited: async dispatch
T_1 = CALL_corofn.__await__()
try:
    next(T_1)
except StopIteration as N_exc1:
    N_any1 = N_exc1.value
except Exception:
    pass
T_1.close()

## types coroutine: async generators def
async def T_1(T_2):
    return [T_3 async for T_3 in T_2]
async def T_4():
    for T_5 in [E_scalar, E_scalar]:
        yield T_5
try:
    T_1(T_4()).send(None)
except StopIteration as N_exc1:
    N_any1 = N_exc1.value

## async set comprehension: async calls def
async def T_4():
    yield E_int
    yield 3
async def T_1():
    T_2 = {T_3 async for T_3 in T_4()}
    return T_2, {T_3: [T_5 async for T_5 in T_4()] async for T_3 in T_4()}
try:
    T_1().send(None)
except StopIteration as N_exc1:
    N_any1 = N_exc1.value

## async generator expression: async calls def
async def T_4():
    yield E_int
    yield 3
async def T_1():
    T_2 = (T_3 async for T_3 in T_4())
    async for T_5 in T_2:
        return T_5
try:
    T_1().send(None)
except StopIteration as N_exc1:
    N_any1 = N_exc1.value

## async with here: async def gives=BEFORE_ASYNC_WITH
class T_1:
    async def __aenter__(self):
        return [self]
    async def __aexit__(self, *T_2):
        return T_2[0] is not None
async def N_corofn(N_any1=E_any):
    async with T_1() as T_3:
        T_4 = E_any, N_any1
        TRY
    return T_3

## async for here: async def gives=GET_AITER,GET_ANEXT,END_ASYNC_FOR
class T_1:
    def __init__(self, T_2=2):
        self.left = T_2
    def __aiter__(self):
        return self
    async def __anext__(self):
        self.left -= 1
        if self.left < 0:
            raise StopAsyncIteration
        return [self]
async def N_corofn(N_any1=E_any):
    async for T_3 in T_1():
        BODY
    return [T_4 async for T_4 in T_1(N_any1 is None)]
