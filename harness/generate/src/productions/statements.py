## int: bind *2
N_int = E_int

## str: bind
N_str = E_str

## float: bind /4
N_float = E_float

## bool: bind /4
N_bool = E_bool

## bytes: bind /6
N_bytes = E_bytes

## tuple: bind
N_tuple = E_tuple

## ints: bind *2 containers
N_ints = E_ints

## strs: bind containers
N_strs = E_strs

## mixed: bind containers
N_mixed = E_mixed

## objs: bind containers dispatch
N_objs = E_objs

## nest: bind containers *2
N_nest = E_nest

## counts: bind containers
N_counts = E_counts

## dict: bind containers
N_dict = E_dict

## web: bind containers *2
N_web = E_web

## set: bind containers
N_set = E_set

## frozen: bind containers /3
N_frozen = E_frozen

## iter: bind generators
N_iter = E_iter

## gen: bind generators
N_gen = E_gen

## obj: bind classes dispatch *4
N_obj = E_obj

## fn: bind closures
N_fn = E_fn

## ref: bind collector *2
N_ref = E_ref

## exc: bind errors /2
N_exc = E_exc

## any: bind
N_any = E_any

## scalar: bind
N_scalar = E_scalar

## none: bind /6
N_none = E_none

## drop: /2
E_any

## chain: containers
N_nest1 = N_nest2 = E_nest

## chain mixed: containers
N_ints1 = V_web['k'] = E_ints

## alias: containers bind
N_nest = V_nest

## alias list: containers bind
N_ints = V_ints

## alias web: containers
V_nest.append(V_web)

## annotated: calls
N_int: int = E_int

## annotated only: calls /2
T_1: E_int

## annotated attribute: classes dispatch /2
V_obj.extra: int = E_any

## annotated item: containers /2
V_nest[:0]: E_int = E_ints

## swap: unpacking
V_int1, V_int2 = V_int2, V_int1

## rotate: unpacking
V_any1, V_any1, T_1 = V_any1, V_any1, E_any

## unpack: unpacking
N_int, N_str = E_int, E_str

## unpack four: unpacking
N_int, N_str, N_nest, N_any = E_int, E_str, E_nest, E_any

## unpack call: unpacking
N_int, N_int = divmod(E_int, 7)

## unpack star: unpacking gives=UNPACK_EX
N_scalar, *N_mixed = [E_scalar, *E_mixed]

## unpack star middle: unpacking gives=UNPACK_EX
N_any1, *N_nest1, N_any2 = E_any, E_any, *V_nest

## unpack nested: unpacking
(N_int1, N_str1), N_any1 = (E_int, E_str), E_any

## unpack list: unpacking
[N_int1, [N_int2]] = [E_int, [E_int]]

## unpack targets: unpacking dispatch
V_obj.value, V_web['u'] = E_any, E_any

## unpack text: unpacking strings
N_str1, N_str2 = 'ab'

## unpack instance: unpacking dispatch classes
T_1, *T_2 = (E_int, *V_obj_iter)

## unpack wrong: fails errors unpacking gives=UNPACK_SEQUENCE
T_1, T_2 = E_ints, E_any, E_any

## unpack short: fails errors unpacking gives=UNPACK_SEQUENCE
T_1, T_2, T_3 = [E_any]

## unpack none: fails errors unpacking gives=UNPACK_SEQUENCE
T_1, T_2 = E_int

## unpack star short: fails errors unpacking gives=UNPACK_EX
T_1, T_2, *T_3 = (E_any,)

## unpack star none: fails errors unpacking gives=UNPACK_EX
T_1, *T_2 = E_int

## unpack failing: fails errors unpacking dispatch classes gives=UNPACK_SEQUENCE
T_1, T_2 = V_obj_fiter

## add: 
V_int += E_int

## multiply: 
V_int = V_int * 3 % 101

## shift: 
V_int >>= 1

## bits:
V_int |= E_int & 255

## xor:
V_int ^= E_int

## and:
V_int &= 1023

## modulo:
V_int %= 13

## floor:
V_int //= 2

## power: /2
V_float **= 0

## divide: /2
V_float /= 3

## subtract:
V_int -= E_int

## text add: grows strings
V_str += E_str

## text plain: strings
V_str += 'y'

## list add: containers grows
V_ints += [E_int]

## list add tuple: containers grows
V_mixed += E_tuple

## list times: containers grows
V_ints *= 2

## alias grows: containers grows
N_ints1 = V_ints1
N_ints1 += [E_int]

## set or: containers
V_set |= {E_int}

## set minus: containers
V_set -= E_set

## dict or: containers grows
V_counts |= E_counts

## tuple add: containers grows
V_tuple += (E_scalar,)

## item add: containers
V_counts[E_str] = V_counts.get(E_str, 0) + 1

## item augmented: containers
V_counts['a'] = E_int
V_counts['a'] += E_int

## nested augmented: containers
V_web['n'] = [E_int, E_int]
V_web['n'] += [E_any]

## slice augmented: containers gives=STORE_SLICE
V_ints1[1:] += [E_int]

## attribute augmented: dispatch classes
V_obj1.extra = E_int
V_obj1.extra += E_int

## instance augmented: dispatch classes
V_obj_iadd += E_any

## augmented failing: fails errors gives=BINARY_OP
V_int += E_str

## augmented list failing: fails errors gives=BINARY_OP
V_ints += E_int

## augmented item failing: fails errors
V_counts['missing'] += E_int

## augmented tuple failing: fails errors
(E_int, V_ints)[1] += [E_int]

## augmented attribute failing: fails errors dispatch
V_obj.missing += E_int

## augmented instance failing: fails errors dispatch classes
V_obj_fiadd += E_any

## append: containers *2
V_ints.append(E_int)

## append any: containers *2
V_nest.append(E_any)

## append object: containers dispatch
V_objs.append(E_obj)

## extend: containers grows
V_ints.extend(E_ints)

## extend generator: containers comprehensions grows
V_ints.extend(N_int1 + 1 for N_int1 in [E_int, E_int])

## insert: containers
V_nest.insert(E_int % 3, E_any)

## pop: containers
if V_nest1:
    V_nest1.pop()

## pop first: containers
if V_nest1:
    N_any = V_nest1.pop(0)

## sort: containers library
V_ints.sort()

## sort key: containers library
V_ints.sort(key=lambda N_int1: N_int1 % 3, reverse=E_bool)

## reverse: containers
V_nest.reverse()

## clear: containers
V_nest.clear()

## slice assign: containers gives=STORE_SLICE
V_ints[1:2] = E_ints

## slice assign step: containers gives=BUILD_SLICE
V_ints1[::-1] = V_ints1[:]

## slice delete: containers gives=BUILD_SLICE,DELETE_SUBSCR
del V_ints[:1]

## slice delete any: containers gives=DELETE_SUBSCR
del V_nest[::2]

## slice self: containers grows
V_nest1[:0] = V_nest1

## item set: containers
V_web[E_hashable] = E_any

## item set text: containers
V_counts[E_str] = E_int

## item guarded: containers
if V_nest1:
    V_nest1[0] = E_any

## item delete: containers gives=DELETE_SUBSCR
V_web['gone'] = E_any
del V_web['gone']

## pop item: containers
if V_web1:
    V_web1.popitem()

## update: containers grows
V_counts.update(E_counts)

## update keywords: containers calls
V_web.update(a=E_any, b=E_any)

## dict clear: containers
V_web.clear()

## set add: containers
V_set.add(E_int)

## set discard: containers
V_set.discard(E_int)

## set update: containers
V_set.update(E_ints, E_tuple) if False else V_set.update(E_ints)

## cycle: cycles containers
V_nest1.append(V_nest1)

## cycle two: cycles containers
V_nest.append(V_web)
V_web['back'] = V_nest

## cycle object: cycles dispatch classes collector
V_obj1.other = V_obj1

## cycle objects: cycles dispatch classes collector
V_obj1.other = V_obj2
V_obj2.other = V_obj1

## cycle list: cycles dispatch collector
V_obj1.other = [V_obj1, E_any]

## attribute: dispatch classes *2
V_obj.value = E_any

## attribute other: dispatch classes *2
V_obj.other = E_any

## attribute delete: dispatch classes gives=DELETE_ATTR
V_obj1.extra = E_any
del V_obj1.extra

## attribute by name: dispatch classes library
setattr(V_obj, 'extra', E_any)

## item failing: fails errors gives=STORE_SUBSCR
V_ints[E_int + 60] = E_int

## item tuple failing: fails errors gives=STORE_SUBSCR
V_tuple[0] = E_any

## item key failing: fails errors gives=STORE_SUBSCR
V_web[E_ints] = E_any

## slice failing: fails errors gives=STORE_SLICE
V_ints[:] = E_int

## slice step failing: fails errors
V_ints[::2] = [1] * 50

## delete item failing: fails errors gives=DELETE_SUBSCR
del V_counts['missing']

## delete index failing: fails errors gives=DELETE_SUBSCR
del V_nest[90]

## attribute failing: fails errors gives=STORE_ATTR
V_int.missing = E_any

## delete attribute failing: fails errors dispatch gives=DELETE_ATTR
del V_obj.missing

## delete name failing: fails errors gives=DELETE_NAME,DELETE_GLOBAL top
del never_bound

## pop failing: fails errors
[].pop()

## drop failing: fails errors *3
E_scalar

## any failing: fails errors *3
T_1 = E_any

## argument failing: fails errors calls *2
print(E_scalar, E_scalar, sep=E_int)

## call failing: fails errors calls *2 dispatch
T_1 = CALL_fn

## del: *2 gives=DELETE_NAME,DELETE_FAST
del D_any

## del two: 
T_1 = E_any
del D_any1, T_1

## del and again:
del D_ints
N_ints = E_ints

## print: /2
print(E_int)

## print text: strings
print(E_str, E_int, sep='-', end='.')

## print list: /2
print(V_ints, V_int)

## print size: containers
print(len(V_nest), len(V_web))

## print counts: containers /2
print(sorted(V_counts), sorted(V_set))

## print kind: /2
print(type(E_any).__name__)

## print bool: /2
print(E_bool, E_float)

## assert:
assert E_int != 99887, E_str

## assert type:
assert isinstance(V_ints, list)

## assert failing: fails errors
assert not E_int, E_any

## assert failing bare: fails errors gives=LOAD_ASSERTION_ERROR
assert E_int == 99887

## if: loops
if E_bool:
    BODY

## if else: loops *2
if E_bool:
    BODY
else:
    BODY

## elif: loops
if E_int > 2:
    BODY
elif E_bool:
    BODY
else:
    BODY

## if walrus: loops
if (N_int1 := E_int) > 1:
    BODY

## if exit: loops *2
if E_bool:
    EXIT

## while: loops
T_1 = 0
while T_1 < 3:
    T_1 += 1
    BODY

## while else: loops
T_1 = 3
while T_1:
    T_1 -= 1
    BODY
    if E_bool:
        break
else:
    BODY

## while true: loops
T_1 = 0
while True:
    T_1 += 1
    if T_1 > 2:
        break
    BODY

## while walrus: loops
T_1 = [E_any, E_any]
while T_1 and (N_any1 := T_1.pop()) is not None:
    BODY

## while not: loops /2
T_1 = 2
while not T_1 < 0:
    T_1 -= 1
    if E_bool:
        continue
    BODY

## for range: loops *2
for N_int1 in range(3):
    BODY

## for ints: loops *2
for N_int1 in E_ints[:4]:
    BODY

## for guarded: loops containers
for N_int1 in V_ints1:
    if len(V_ints1) > 6:
        break
    BODY

## for shrinking: loops containers
for N_any1 in V_nest1[:]:
    if V_nest1:
        V_nest1.pop()
    BODY

## for growing: loops containers grows
for N_int1 in V_ints1:
    V_ints1.append(N_int1)
    if len(V_ints1) > 7:
        break

## for removing: loops containers
for N_int1 in V_ints1:
    V_ints1.remove(N_int1)

## for clearing: loops containers
for N_any1 in V_nest1:
    V_nest1.clear()

## for rebinding: loops containers
for N_int1 in V_ints1:
    V_ints1 = []

## for items: loops containers unpacking
for N_str1, N_int1 in list(V_counts.items())[:4]:
    BODY

## for keys: loops containers
for N_str1 in sorted(V_counts)[:3]:
    V_counts1 = {}

## for dict: loops containers
for T_1 in {'a': E_int, 'b': E_any}:
    BODY

## for enumerate: loops unpacking
for N_int1, N_str1 in enumerate(['a', E_str]):
    BODY

## for zip: loops unpacking library
for N_int1, N_str1 in zip([E_int, E_int], E_str):
    BODY

## for reversed: loops
for N_any1 in reversed([E_any, E_any]):
    BODY

## for text: loops strings
for N_str1 in 'ab':
    BODY

## for tuple: loops
for N_any1 in E_any, E_any:
    BODY

## for star: loops unpacking
for T_1, *T_2 in [(E_int, E_any), 'abc']:
    BODY

## for attribute: loops dispatch classes
for V_obj.extra in E_any, E_any:
    BODY

## for item: loops containers
for V_web['i'] in E_any, E_any:
    BODY

## for else: loops
for N_int1 in [E_int, E_int]:
    if E_bool:
        break
    BODY
else:
    BODY

## for continue: loops
for N_int1 in E_int, 2, 3:
    if N_int1 < E_int:
        continue
    BODY

## for instance: loops dispatch classes
for N_scalar1 in V_obj_iter:
    BODY

## for objects: loops dispatch
for N_any1 in list(V_objs):
    BODY

## for nested: loops
for N_int1 in 1, 2:
    for N_str1 in 'xy':
        if E_bool:
            break
        BODY
    else:
        continue
    break

## for iterator: loops generators
for N_scalar1 in V_iter:
    if E_bool:
        break
    if next(V_iter, None) is None:
        break

## for sentinel: loops calls
for N_int1 in iter([E_int, E_int, 0].pop, 0):
    BODY
    break

## for del: loops
for T_1 in E_any, E_any:
    del T_1

## dict grows in loop: fails errors containers gives=FOR_ITER loops
for T_1 in V_counts1:
    V_counts1[T_1 + 'x'] = E_int
    V_counts1[T_1 + 'y'] = E_int
    if len(V_counts1) > 20:
        break

## set changes in loop: fails errors containers gives=FOR_ITER loops
for T_1 in V_set1:
    V_set1.add(T_1 + 1000)
    if len(V_set1) > 20:
        break

## for failing: fails errors gives=GET_ITER loops
for T_1 in E_int:
    BODY

## for instance failing: fails errors dispatch classes gives=FOR_ITER loops
for T_1 in V_obj_fiter:
    BODY

## break: loop /3
if E_bool:
    break

## continue: loop /3
if E_bool:
    continue

## return: func
if E_bool:
    EXIT

## import: library top /2
import math
N_float = math.pi + E_int

## import from: library /2
from itertools import chain, count
N_mixed = list(chain(E_ints, 'a'))

## import missing: fails errors library gives=IMPORT_NAME
import refdrift_missing

## import from missing: fails errors library gives=IMPORT_FROM
from math import missing_name

## import function: library func
from operator import add as plus
N_int = plus(E_int, E_int)

## import star: library top /3
from _operator import *

## locals: closures func /3
print(sorted(locals())[:0])

## globals: closures /3
N_bool = 'x' in globals()

## vars: classes dispatch /3
print(len(vars(V_obj_dict)))

## dir: classes /3
N_bool = 'value' in dir(V_obj)

## build class: classes top /4
T_1 = type('Made', (), {'value': E_any, 'other': E_any})
N_any = T_1()

## getitem type: classes /4
N_any = list[int]

## union type: classes /4
N_any = int | None

## ellipsis: /6
N_any = ...

## eval: library /8
N_int = eval('1 + 2')

## exec: library /8
exec('made = [1, 2]')
