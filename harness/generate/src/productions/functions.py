## def: def calls *2
def N_fn(N_int1, N_any1):
    BODY
    return E_any

## def one: def calls closures
def N_fn(N_scalar1):
    BODY
    return N_scalar1

## def none: def calls
def N_fn():
    BODY

## def defaults: def calls
def N_fn(N_int1, N_nest1=E_nest, N_str1=E_str):
    BODY
    return E_any

## def star: def calls
def N_fn(N_int1, *T_1):
    BODY
    return T_1

## def all: def calls *2
def N_fn(N_any1, /, N_int1, N_int2=E_int, *args, N_str1, N_any2=E_any, **kwargs):
    BODY
    return E_any

## def keyword only: def calls
def N_fn(*, N_int1=E_int, N_any1):
    BODY
    return N_any1, N_int1

## def positional only: def calls
def N_fn(N_int1, N_ints1, /):
    BODY
    return N_ints1

## def double star: def calls
def N_fn(**kwargs):
    BODY
    return sorted(kwargs)

## def shared default: def calls
def N_fn(N_int1, N_nest1=[]):
    N_nest1.append(N_int1)
    return N_nest1 if len(N_nest1) < 5 else N_nest1.clear()

## def annotated: def calls
def N_fn(N_int1: int, N_any1: 'text' = E_any) -> E_any:
    T_1: int = N_int1
    BODY
    return T_1

## def early: def calls
def N_fn(N_int1, N_any1):
    if N_int1 > E_int:
        EXIT
    for T_1 in E_any, N_any1:
        if T_1 is N_any1:
            EXIT
        BODY
    return E_any

## def object: def calls dispatch
def N_fn(N_obj1, N_any1):
    BODY
    return N_obj1

## def deleting: def calls
def N_fn(N_any1, N_nest1):
    del N_nest1
    T_1 = N_any1
    del T_1
    return N_any1

## def rebinding: def calls
def N_fn(N_any1, N_any2):
    N_any1 = N_any2
    N_any2 = E_any
    BODY
    return N_any1

## def recursive: def calls
def N_fn1(N_int1, T_2=E_any):
    if N_int1 > 3 or N_int1 < 0:
        return T_2
    return N_fn1(N_int1 + 1, [T_2])

## def mutual: calls def /2
def T_1(T_3):
    return T_2(T_3 - 1) if T_3 > 0 else E_any
def T_2(T_4):
    return [T_1(T_4 - 1)]
N_any = T_1(3)

## def nested: def closures
def N_fn1(N_any1):
    def T_1(N_int1):
        return N_any1, N_int1
    BODY
    return T_1(E_int)

## def closure: def closures *2
def N_fn1(N_any1, N_int1):
    def T_1():
        return N_any1
    N_any1 = E_any
    BODY
    return T_1

## def counter: def closures *2
def N_fn1(N_int1=E_int):
    T_1 = E_nest
    def T_2(T_3=None):
        nonlocal N_int1, T_1
        N_int1 += 1
        T_1 = [T_1, T_3]
        return N_int1
    T_2(E_any)
    return T_2

## def cell deleted caught: def closures gives=LOAD_DEREF,DELETE_DEREF
def N_fn1(N_any1):
    def T_1():
        return N_any1
    del N_any1
    try:
        T_1()
    except NameError:
        BODY
    return T_1

## def unbound: def closures errors gives=LOAD_FAST,LOAD_FAST_CHECK
def N_fn1(T_1):
    try:
        if T_1:
            T_2 = E_any
        return T_2
    except UnboundLocalError:
        return E_any

## def unbound deleted: def closures errors gives=DELETE_FAST
def N_fn1(T_1):
    T_2 = E_any
    try:
        del T_2, T_2
    except UnboundLocalError:
        return T_1

## def self cycle: def closures cycles
def N_fn1(T_1):
    def T_2(T_3):
        return T_2 if T_3 else T_1
    return T_2(E_any)

## def three deep: def closures
def N_fn1(N_any1):
    def T_1(N_any2):
        def T_2():
            nonlocal N_any1
            N_any1 = N_any2
            return N_any1
        return T_2
    T_1(E_any)()
    return N_any1

## def late: def closures
def N_fn1():
    T_1 = []
    for T_2 in range(3):
        T_1.append(lambda: T_2)
    return [T_3() for T_3 in T_1]

## def early bound: def closures
def N_fn1():
    T_1 = [lambda T_2=T_2: T_2 for T_2 in [E_any, E_any]]
    return [T_3() for T_3 in T_1]

## def comprehension: def closures comprehensions
def N_fn1(N_ints1, N_any1):
    T_1 = [(T_2, N_any1) for T_2 in N_ints1]
    T_2 = {T_3: N_any1 for T_3 in N_ints1[:3]}
    return T_1, T_2

## def comprehension same name: def closures comprehensions gives=LOAD_FAST_AND_CLEAR
def N_fn1(T_1):
    T_2 = [T_1 for T_1 in [E_any, E_any]]
    return T_1, T_2

## def comprehension failing: def closures comprehensions errors
def N_fn1(T_1):
    try:
        T_2 = [T_1 // T_3 for T_3 in [1, 0, E_int] for T_1 in [E_int]]
    except ZeroDivisionError:
        T_2 = E_any
    return T_1, T_2

## def comprehension closure: def closures comprehensions
def N_fn1(N_any1):
    return [lambda: (T_1, N_any1) for T_1 in [E_any, E_any]]

## def class closure: def closures classes gives=LOAD_CLASSDEREF,LOAD_FROM_DICT_OR_DEREF
def N_fn1(N_any1):
    class T_1:
        T_2 = N_any1
        def T_3(self):
            return N_any1, __class__
    return T_1().T_3()[0]

## def class closure missing: def closures classes errors gives=LOAD_CLASSDEREF,LOAD_FROM_DICT_OR_DEREF
def N_fn1():
    def T_4():
        return T_5
    try:
        class T_1:
            T_2 = T_5
    except NameError:
        T_5 = E_any
    return T_4()

## def class global: def closures classes gives=LOAD_FROM_DICT_OR_GLOBALS
def N_fn1():
    class T_1:
        T_2 = len
        T_3 = [T_4 for T_4 in E_ints]
    return T_1

## global: func closures gives=STORE_GLOBAL
global G_int1
G_int1 += E_int

## global nest: func closures gives=STORE_GLOBAL
global G_nest1
G_nest1 = [G_nest1, E_any]

## global new: func closures gives=STORE_GLOBAL,DELETE_GLOBAL
global T_1
T_1 = E_any
del T_1

## global missing: func closures errors fails gives=DELETE_GLOBAL
global T_1
del T_1

## nonlocal: func closures gives=STORE_DEREF
nonlocal C_int1
C_int1 = E_int

## nonlocal any: func closures gives=STORE_DEREF
nonlocal C_any1
C_any1 = E_any

## inner: func closures
def T_1(T_2=E_any):
    return T_2, E_any
N_any = T_1()

## decorator: def closures calls
def T_1(T_2):
    def T_3(*T_4, **T_5):
        return T_2(*T_4, **T_5)
    return T_3
@T_1
def T_6(T_7, *, T_8=E_any):
    return T_7, T_8
N_any = T_6(E_any, T_8=E_any)

## decorator arguments: def closures calls
def T_1(T_2):
    return lambda T_3: lambda *T_4: (T_2, T_3(*T_4))
@T_1(E_any)
@T_1(E_any)
def T_5(T_6):
    return T_6
N_any = T_5(E_any)

## decorator registers: def closures calls
T_1 = []
@T_1.append
def T_2():
    return E_any
N_any = T_1[0]()

## decorator failing: fails errors calls
@E_int
def T_1():
    return E_any

## default failing: fails errors calls
def T_1(T_2=E_any, T_3=E_int // 0):
    return T_2

## cached: def calls library /4
@functools.lru_cache(maxsize=2)
def T_1(T_2):
    return [T_2]
N_any = T_1(E_int), T_1(1), T_1(E_int)

## wraps: def calls library /6
def T_1():
    return E_any
N_any = functools.wraps(T_1)(lambda: T_1())()

## partial: calls library /2
T_1 = functools.partial(lambda *T_2, **T_3: (T_2, T_3), E_any, k=E_any)
N_any = T_1(E_any, k=E_any)

## star call: calls *2 gives=CALL_FUNCTION_EX
N_any = (lambda *T_1, **T_2: [T_1, T_2])(*E_ints, E_any, *E_tuple, k=E_any, **E_counts)

## star call failing: calls fails errors gives=CALL_FUNCTION_EX
N_any = (lambda *T_1, **T_2: [T_1, T_2])(*E_ints, *E_int)

## star keywords failing: calls fails errors gives=DICT_MERGE
N_any = (lambda *T_1, **T_2: [T_1, T_2])(k=E_any, **{'k': E_any})

## star callable failing: calls fails errors gives=CALL_FUNCTION_EX
V_int(*E_tuple, **E_counts)

## star instance: calls dispatch classes
print(*[len(T_1) for T_1 in [[*V_obj_iter]]])

## argument raises: calls fails errors *2
print(E_any, E_int // 0, E_any)

## keyword raises: calls fails errors
dict(a=E_any, b=E_int.missing, c=E_any)

## callback: calls library
V_ints.sort(key=lambda N_int1: (N_int1 % 2, N_int1))

## callback raises: calls fails errors library
V_ints.sort(key=lambda T_1: T_1 // 0)

## callback mutates: calls fails errors library containers
V_ints1.sort(key=lambda T_1: V_ints1.append(T_1) or T_1)

## callback drops: calls library
N_mixed = list(map(lambda T_1, T_2: None, [E_any, E_any], [E_any, E_any]))

## reduce: calls library /3
N_any = functools.reduce(lambda T_1, T_2: [T_1, T_2], [E_any, E_any, E_any])

## attrgetter: calls library dispatch /3
N_any = operator.attrgetter('value', 'other')(V_obj)

## bound method: calls
T_1 = V_nest.append
T_1(E_any)
del T_1

## unbound method: calls
list.append(V_nest, E_any)

## method descriptor failing: calls fails errors
list.append(E_int, E_any)

## function attributes: closures
V_fn.note = E_any

## function attributes gone: closures
V_fn1.note = E_any
del V_fn1.note

## frame cycle: closures cycles collector
T_1 = []
T_1.append(lambda: T_1)
N_any = T_1[0]()


## use call: use calls dispatch *4
N_any = CALL_fn

## use call twice: use calls dispatch
N_any = CALL_fn, CALL_fn

## use call caught: use calls dispatch *2
try:
    N_any1 = CALL_fn
    TRY
except Exception as N_exc1:
    BODY

## use call failing: use calls dispatch fails *2
N_any = CALL_fn

## use call drops: use calls dispatch
CALL_fn
