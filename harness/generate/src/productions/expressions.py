### int
0  # leaf
1  # leaf *2
2  # leaf
-3  # leaf
7  # leaf *2
256  # leaf
257  # leaf *2
1000  # leaf *2
123456789012345678901  # leaf
0x1f  # leaf
len(E_sized)  # leaf
E_int + E_int
E_int - E_int
E_int * E_int % 97
E_int // 3
E_int % 5
-E_int
~E_int
+E_int
E_int & 255
E_int | 4096
E_int ^ E_int
E_int << 2
E_int >> 1
(E_int & 7) ** 3
abs(E_int)
E_int if E_bool else E_int
V_ints1[-1] if V_ints1 else E_int
V_ints1[E_int % len(V_ints1)] if V_ints1 else E_int
V_counts.get(E_str, E_int)
V_counts.setdefault(E_str, E_int)  # grows
sum(E_ints)
max(E_int, E_int)
min(E_ints, default=E_int)
max(E_ints, default=E_int)
max(E_int, E_int, key=lambda N_int1: -N_int1)
E_str.count(E_str)
E_str.find(E_str)
E_tuple.count(E_scalar)
E_ints.count(E_int)
hash(E_int)
ord(E_str[:1] or 'a')
int(E_float)
int(str(E_int))
E_int.bit_length()
E_int.real
E_int.numerator
round(E_int, -1)
divmod(E_int, 7)[1]
pow(E_int & 15, 3, 11)
next(iter(E_ints), E_int)
sum(N_int1 * 2 for N_int1 in E_ints)  # comprehensions
sum([N_int1 for N_int1 in E_ints if N_int1])  # comprehensions
(T_1 := E_int) + T_1
len([N_any1 for N_any1 in E_ints])  # comprehensions /3 leaf
E_int and E_int
E_int or E_int
(lambda N_int1: N_int1 + E_int)(E_int)  # closures
(lambda N_int1, *, N_int2=E_int: N_int1 - N_int2)(E_int)  # closures
functools.reduce(lambda N_int1, N_int2: N_int1 + N_int2, E_ints, E_int)  # library /4
functools.reduce(operator.add, E_ints, E_int)  # library /4
operator.sub(E_int, E_int)  # library
operator.neg(E_int)  # library
operator.itemgetter(0)((E_int, E_any))  # library
operator.length_hint(E_ints)  # library
math.gcd(E_int, E_int)  # library
math.floor(E_float)  # library
int.from_bytes(E_bytes[:4], 'big')  # strings
E_bytes.find(b'b')  # strings
len(V_obj_len)  # dispatch classes
V_obj_index.__index__()  # dispatch classes
int(V_obj_index)  # dispatch classes
operator.index(V_obj_index)  # dispatch classes library
isinstance(E_any, int) + 1
sys.getrefcount(E_nest)  # collector /2
len(gc.get_referents(V_nest))  # collector /6
V_ints[E_int]  # fails errors gives=BINARY_SUBSCR
E_int // 0  # fails errors gives=BINARY_OP
E_int % 0  # fails errors
E_int + E_str  # fails errors gives=BINARY_OP
E_int - None  # fails errors
E_none + E_int  # fails errors
-E_str  # fails errors gives=UNARY_NEGATIVE
~E_float  # fails errors gives=UNARY_INVERT
int('x' + E_str)  # fails errors
int(E_str, base=99)  # fails errors
len(E_int)  # fails errors gives=CALL
V_counts['missing']  # fails errors
V_int()  # fails errors gives=CALL
V_int[0]  # fails errors gives=BINARY_SUBSCR
V_int.missing  # fails errors gives=LOAD_ATTR
V_int.missing(E_any, E_any)  # fails errors
ord('ab')  # fails errors
max([])  # fails errors
sum([E_int, E_str])  # fails errors
E_ints.index(99)  # fails errors
E_ints.pop(50)  # fails errors
next(iter(()))  # fails errors
1 << -1 - (E_int & 3)  # fails errors
never_bound  # fails errors gives=LOAD_NAME,LOAD_GLOBAL
(E_int, E_any)[2]  # fails errors /2
[E_int, E_any, E_int][E_int + 40]  # fails errors
{E_str: E_int}[E_int]  # fails errors
### bool
True  # leaf
False  # leaf
not E_any  # fails
not E_int
not E_container
bool(E_int)
E_int < E_int
E_int <= E_int < E_int
E_int == E_int
E_int != E_scalar
E_float > E_int
E_str < E_str
E_int in E_ints
E_int not in E_ints
E_str in E_counts
E_str in E_str
V_any is not V_any
E_none is None
E_int > 2 and E_int < 9
E_bool or E_bool
E_bool and E_bool and not E_bool
isinstance(E_any, (int, str))
isinstance(E_any, E_cls)
issubclass(bool, int)
callable(E_any)
hasattr(E_any, 'value')  # dispatch
all(E_ints)
any(N_int1 > 2 for N_int1 in E_ints)  # comprehensions
all([N_int1 for N_int1 in E_ints])  # comprehensions
E_str.startswith(E_str)  # strings
E_str.isdigit()  # strings
E_str.endswith((E_str, E_str))  # strings
E_ints == E_ints
E_tuple == E_tuple
E_set <= E_set
E_set.isdisjoint(E_set)
(T_1 := E_int) > 3 or T_1 < 0
E_int < E_int == E_int
operator.is_(E_any, E_any)  # library
operator.contains(E_ints, E_int)  # library
bool(V_obj_bool)  # dispatch classes
not V_obj_bool  # dispatch classes gives=UNARY_NOT
V_obj_eq == E_any  # dispatch classes
V_obj_eq != V_obj  # dispatch classes
V_obj_lt < V_obj_lt  # dispatch classes
V_obj_lt > V_int  # dispatch classes
E_int in V_obj_contains  # dispatch classes gives=CONTAINS_OP
V_ref() is None  # collector dispatch
V_ref() is not None  # collector dispatch
gc.is_tracked(E_container)  # collector /6
E_int < E_str  # fails errors gives=COMPARE_OP
E_int in E_int  # fails errors gives=CONTAINS_OP
[] in E_set  # fails errors gives=CONTAINS_OP
E_int < E_int < E_none  # fails errors
isinstance(E_any, E_int)  # fails errors
issubclass(E_int, int)  # fails errors
V_obj_feq == E_any  # fails dispatch errors classes gives=COMPARE_OP
not V_obj_fbool  # fails dispatch errors classes gives=UNARY_NOT
E_int in V_obj_fiter  # fails dispatch errors classes
### float
0.5  # leaf
1.5  # leaf
-2.25  # leaf
1e300  # leaf
E_int / 4
E_float + E_int
E_float * 0.5
E_float - E_float
-E_float
abs(E_float)
float(E_int)
round(E_float % 100, 2)
E_float // 2
E_float if E_bool else E_float
(E_float % 10) ** 2
max(E_float, E_int) + 0.5
float('2.5')
math.sqrt(abs(E_int & 255))  # library
math.fsum(E_ints)  # library
E_int / 0  # fails errors gives=BINARY_OP
float(E_str)  # fails errors
E_float + E_str  # fails errors
math.sqrt(-4)  # fails errors library
E_float.missing  # fails errors
### str
''  # leaf
'a'  # leaf *2
'bc'  # leaf *2
'key'  # leaf *2
'longer text'  # leaf
'été'  # leaf
'1'  # leaf
'tab\tbed'  # leaf
str(E_int)  # leaf
E_str + E_str  # grows
E_str + 'z'
E_str * 2  # grows
E_str[1:]
E_str[:-1]
E_str[::-1]
E_str[:2]
E_str.upper()  # strings
E_str.strip()  # strings
E_str.title()  # strings
E_str.replace('a', E_str)  # strings grows
E_str.center(6, '*')  # strings
E_str.zfill(4)  # strings
E_str.partition('a')[2]  # strings
E_str.join(E_strs)  # strings grows
'-'.join(E_strs)  # strings grows
'-'.join([str(N_int1) for N_int1 in E_ints])  # strings comprehensions
'-'.join(str(N_int1) for N_int1 in E_ints)  # strings comprehensions
E_str.translate({97: 'b', 98: None})  # strings
E_str.removeprefix('a')  # strings
E_str if E_bool else E_str
E_str or 'none'
E_str.encode().decode()  # strings
chr(97 + E_int % 26)  # strings
hex(E_int)  # strings
bin(E_int & 255)  # strings
repr(E_str)  # strings
repr(E_int)  # strings
ascii(E_str)  # strings
repr(E_ints)  # strings
str(E_tuple)  # strings /2
type(E_any).__name__
f"{E_int}"  # strings
f"{E_str}{E_int}"  # strings
f"{E_str!r}"  # strings
f"<{E_str:>{3}}>"  # strings
f"{E_int:>{E_int % 9 + 1}}"  # strings
f"{E_int:05d}|{E_float % 1000:.2f}"  # strings
f"{E_int=}"  # strings
f"{E_str=!s:>8}"  # strings
f"{{{E_int:x}}}"  # strings
f"{E_str!a:^9}"  # strings
f"{E_int:,}"  # strings
f"{E_bool!s}"  # strings
f"{E_tuple}"  # strings /2
f"{[N_int1 for N_int1 in E_ints]}"  # strings comprehensions
'%s-%d' % (E_str, E_int)  # strings gives=FORMAT_VALUE
'%r' % (E_int,)  # strings
'%(a)s' % {'a': E_str}  # strings
'{} {}'.format(E_str, E_int)  # strings
'{0!r:>5}{name}'.format(E_int, name=E_str)  # strings
format(E_int, 'x')  # strings
format(E_float % 1000, '.1f')  # strings
E_strs[0] if V_strs else E_str  # /3
V_strs1[-1] if V_strs1 else E_str
max(E_str, E_str)
str(V_obj_repr)  # dispatch classes
f"{V_obj_repr!r} {E_int}"  # dispatch classes strings
f"{V_obj_format:x}"  # dispatch classes strings gives=FORMAT_WITH_SPEC
format(V_obj_format, 'spec')  # dispatch classes strings
V_cls.__name__
V_fn.__name__
E_str + E_int  # fails errors gives=BINARY_OP
E_str[99]  # fails errors gives=BINARY_SUBSCR
E_str.missing()  # fails errors gives=LOAD_ATTR
f"{E_int:q}"  # fails errors strings gives=FORMAT_VALUE,FORMAT_WITH_SPEC
f"{E_str:d}"  # fails errors strings gives=FORMAT_VALUE,FORMAT_WITH_SPEC
f"{V_obj_fformat}"  # fails errors dispatch strings gives=FORMAT_VALUE,FORMAT_SIMPLE
f"{V_obj_frepr!r}"  # fails errors dispatch strings gives=CONVERT_VALUE
str(V_obj_frepr)  # fails errors dispatch
f"{E_int}{E_int // 0}"  # fails errors strings
'%d' % E_str  # fails errors strings
'%s %s' % (E_str,)  # fails errors strings
'{missing}'.format(E_str)  # fails errors strings
','.join([E_str, E_int])  # fails errors strings
E_str.encode('ascii', E_int)  # fails errors strings
E_str.split('')[0]  # fails errors strings
E_str.index('zzz')[0:]  # fails errors strings
chr(-1)  # fails errors strings
### bytes
b''  # leaf
b'ab'  # leaf
b'\x00\xff'  # leaf
E_str.encode()  # strings
E_bytes + b'c'  # strings
E_bytes[::-1]  # strings
E_bytes.upper()  # strings
bytes([1, 2, E_int & 127])  # strings
bytes(3)  # strings
b'%d' % E_int  # strings
b'-'.join([E_bytes, E_bytes])  # strings
bytes(bytearray(E_bytes))  # strings
E_bytes + E_str  # fails errors strings
bytes([E_int, 999])  # fails errors strings
b'\xff'.decode()[0]  # fails errors strings
### none
None  # leaf *3
print()  # /3
E_ints.reverse()
E_ints.append(E_int)
E_strs.clear()
### tuple
()  # leaf
(E_int,)  # leaf
(E_int, E_str)  # leaf
(E_scalar, E_scalar, E_scalar)
(1, 2)  # leaf
('a', 'b', 3)  # leaf
E_tuple + (E_scalar,)  # grows
E_tuple[1:]
E_tuple[::-1]
tuple(E_list)
tuple(E_ints)
(*E_ints, E_int)  # grows unpacking gives=LIST_EXTEND,CALL_INTRINSIC_1
(*E_tuple, *E_strs)  # grows unpacking
tuple(N_int1 for N_int1 in E_ints)  # comprehensions
tuple([N_int1 for N_int1 in E_list])  # comprehensions
divmod(E_int, 5)
E_str.partition('a')  # strings
E_tuple * 2  # grows
E_tuple if E_bool else E_tuple
tuple(sorted(E_set))  # /3
(1 if E_bool else 2, *E_ints)  # unpacking grows
(E_scalar, *E_int)  # fails errors unpacking gives=LIST_EXTEND
tuple(E_int)  # fails errors
E_tuple + E_list  # fails errors
divmod(E_int, 0)  # fails errors
(E_scalar, E_scalar, E_int // 0)  # fails errors
### ints
[]  # leaf
[E_int]  # leaf
[E_int, E_int, E_int]  # leaf *2
[3, 1, 2]  # leaf
list(range(4))  # leaf
[*E_ints, E_int]  # grows unpacking gives=LIST_EXTEND
[*range(3), *E_ints]  # grows unpacking
[N_int1 for N_int1 in E_ints]  # comprehensions
[N_int1 + E_int for N_int1 in E_ints if N_int1 > 1]  # comprehensions
[N_int1 for N_int1 in range(3) for T_1 in E_strs]  # comprehensions /2
[T_1 for N_int1 in E_ints if (T_1 := N_int1 * 2) != 4]  # comprehensions
[(lambda: N_int1)() for N_int1 in E_ints]  # comprehensions closures
[T_1() for T_1 in [lambda: N_int1 for N_int1 in E_ints]]  # comprehensions closures /2
[len(N_str1) for N_str1 in E_strs]  # comprehensions
list(map(abs, E_ints))  # library
list(map(lambda N_int1: N_int1 + E_int, E_ints))  # library closures
list(map(lambda N_int1, N_int2: N_int1 - N_int2, E_ints, E_ints))  # library
list(filter(None, E_ints))  # library
list(filter(lambda N_int1: N_int1 > E_int, E_ints))  # library
sorted(E_ints)  # library
sorted(E_ints, key=lambda N_int1: -N_int1)  # library
sorted(E_ints, reverse=True)  # library
list(reversed(E_ints))  # library
E_ints[:]  # containers
E_ints[1:]  # containers gives=BINARY_SLICE
E_ints[::2]  # containers gives=BUILD_SLICE
E_ints[:-1] + [E_int]  # containers grows
E_ints * 2  # containers grows
E_ints + E_ints  # containers grows
E_ints.copy()  # containers
list(E_ints)  # containers
list(E_counts.values())  # containers
E_ints if E_bool else E_ints
E_ints or [E_int]
list(itertools.islice(itertools.count(E_int), 3))  # library
list(itertools.chain(E_ints, E_ints))  # library grows
list(itertools.accumulate(E_ints))  # library
list(itertools.takewhile(lambda N_int1: N_int1 < 9, E_ints))  # library
list(itertools.starmap(operator.add, [(E_int, E_int), (1, E_int)]))  # library
[E_int, E_int // 0, E_int]  # fails errors
[*E_ints, *E_int]  # fails errors gives=LIST_EXTEND
E_ints + E_tuple  # fails errors
E_ints[::0]  # fails errors gives=BINARY_SUBSCR
E_ints[E_str:]  # fails errors gives=BINARY_SLICE
[N_int1 // 0 for N_int1 in [E_int, *E_ints]]  # fails errors comprehensions
[N_int1 for N_int1 in E_int]  # fails errors comprehensions gives=GET_ITER
sorted([E_int, E_str])  # fails errors
sorted(E_ints, key=E_int)  # fails errors
sorted([E_int, E_int], key=lambda N_int1: N_int1 // 0)  # fails errors
list(map(E_fn, [E_ints, 1, 2], E_ints, E_ints, [1], [1]))  # fails errors dispatch /2
### strs
[]  # leaf
['a', 'b']  # leaf
[E_str, E_str]  # leaf
E_str.split()  # strings
E_str.split('a')  # strings
list(E_str)  # strings
E_str.splitlines()  # strings
sorted(E_counts)  # containers
list(E_counts)  # containers
[N_str1 + 'x' for N_str1 in E_strs]  # comprehensions grows
[N_str1.upper() for N_str1 in E_strs if N_str1]  # comprehensions
sorted(E_strs, key=len)  # library
list(map(str, E_ints))  # library
list(dict.fromkeys(E_strs))  # containers
E_strs[::-1]  # containers
[*E_strs, *E_str]  # unpacking grows
[E_str, E_int.missing]  # fails errors
E_str.split(E_int)  # fails errors
### mixed
[]  # leaf
[E_scalar, E_scalar]  # leaf
[E_int, E_str, None]
[*E_tuple, E_scalar]  # unpacking grows
list(E_tuple)
[N_scalar1 for N_scalar1 in E_iterable]  # comprehensions
[(N_int1, N_str1) for N_int1, N_str1 in zip(E_ints, E_strs)]  # comprehensions
[T_1 for T_1 in enumerate(E_strs)]  # comprehensions
list(zip(E_ints, E_strs))  # library
list(enumerate(E_strs, E_int))  # library
list(E_dict.items())  # containers
list(E_iterable)  # containers
E_mixed[::-1]  # containers
E_mixed + [E_scalar]  # containers grows
[N_scalar1 for N_scalar1 in V_obj_iter]  # dispatch classes comprehensions
list(V_obj_iter)  # dispatch classes
[*V_obj_iter, E_scalar]  # dispatch classes unpacking
list(itertools.islice(V_iter, 3))  # library
list(itertools.islice(V_gen, 3))  # library generators dispatch
list(itertools.zip_longest(E_ints, E_strs, fillvalue=E_scalar))  # library
list(itertools.product(E_ints[:2], E_strs[:2]))  # library
list(itertools.groupby([1, 1, 2], lambda N_int1: E_int))[:0]  # library
[T_1 for T_1 in CALL_genfn]  # dispatch generators comprehensions
list(CALL_genfn)  # dispatch generators
[*V_obj_fiter]  # fails dispatch errors classes gives=LIST_EXTEND
list(V_obj_fiter)  # fails dispatch errors classes
list(zip(E_ints, E_int))  # fails errors
list(zip([E_int], [], strict=True))  # fails errors
### objs
[]  # leaf
[E_obj]  # leaf
[E_obj, E_obj]  # leaf
[V_obj1, V_obj1]  # containers
[V_obj, *V_objs]  # grows unpacking
V_objs[:]  # containers
[N_any1 for N_any1 in V_objs]  # comprehensions
[V_obj1 for T_1 in range(3)]  # comprehensions
[CALL_cls for T_1 in range(3)]  # dispatch comprehensions
[CALL_cls, E_int // 0, CALL_cls][:1]  # fails dispatch errors
[V_obj, V_obj.missing]  # fails errors dispatch
### nest
[]  # leaf
[E_any]  # leaf
[E_any, E_any]  # leaf
[[E_any], [E_any]]
[V_nest1, V_nest1]  # containers cycles
[E_nest] * 2  # containers
[*V_nest, E_any]  # grows unpacking
V_nest[:]  # containers
[(N_any1, E_any) for N_any1 in V_nest]  # comprehensions
[lambda: E_any, E_any]  # closures
[E_container, (E_container, E_any)]
list(E_web.values())
copy.copy(V_nest)  # library /8
[E_any, E_any, E_int // 0]  # fails errors
### counts
{}  # leaf
{'a': E_int}  # leaf
{'a': E_int, E_str: E_int}  # leaf
dict(a=E_int, b=E_int)  # calls
dict(E_counts, c=E_int)  # calls grows
{**E_counts, E_str: E_int}  # unpacking grows gives=DICT_UPDATE
{N_str1: len(N_str1) for N_str1 in E_strs}  # comprehensions gives=MAP_ADD
{str(N_int1): N_int1 for N_int1 in E_ints}  # comprehensions
dict(zip(E_strs, E_ints))  # library
E_counts.copy()  # containers
E_counts | {'z': E_int}  # containers grows
dict.fromkeys(E_strs, E_int)  # containers
{E_str: E_int, E_str: E_int // 0}  # fails errors
{[]: E_int}  # fails errors gives=BUILD_MAP
{E_str: E_int, **E_int}  # fails errors gives=DICT_UPDATE
dict(a=E_int, **{'a': E_int})  # fails errors gives=DICT_MERGE
dict([E_int])  # fails errors
{N_int1: N_int1 // 0 for N_int1 in [E_int]}  # fails errors comprehensions
{[N_int1]: N_int1 for N_int1 in [E_int]}  # fails errors comprehensions gives=MAP_ADD
### dict
{}  # leaf
{E_hashable: E_scalar}  # leaf
{E_int: E_str, E_str: E_scalar}  # leaf
{'a': 1, 'b': 2, 'c': E_scalar}  # leaf gives=BUILD_CONST_KEY_MAP
{(E_int, E_str): E_scalar, **E_dict}  # unpacking grows
{N_scalar1: N_int1 for N_int1, N_scalar1 in enumerate(E_strs)}  # comprehensions
dict(E_dict)  # containers
dict(**E_counts, z=E_scalar)  # calls grows gives=DICT_MERGE
dict(enumerate(E_strs))  # library
E_dict | E_counts  # containers grows
{T_1: T_2 for T_1, T_2 in E_dict.items()}  # comprehensions
{E_hashable: E_scalar, E_set: 1}  # fails errors gives=BUILD_MAP
{**V_obj}  # fails errors dispatch gives=DICT_UPDATE
### web
{}  # leaf
{'a': E_any}  # leaf
{'a': E_any, 'b': [E_any]}  # leaf
{E_str: E_container, E_int: E_any}
{**V_web, 'k': E_any}  # unpacking grows
V_web.copy()  # containers
{N_int1: E_any for N_int1 in range(3)}  # comprehensions
dict(a=E_any, b=E_any)  # calls
{'f': lambda: E_any}  # closures
dict(zip(E_strs, [E_any, E_any]))  # library
vars(V_obj_dict).copy()  # classes
{'a': E_any, 'b': E_int // 0}  # fails errors
### set
{E_int}  # leaf
{E_int, E_int, 3}  # leaf
set(E_ints)  # leaf
{1, 2, 3}  # leaf gives=SET_UPDATE
{*E_ints, E_int}  # unpacking gives=SET_UPDATE
{N_int1 % 3 for N_int1 in E_ints}  # comprehensions gives=SET_ADD
E_set | {E_int}  # containers
E_set & E_set  # containers
E_set - {E_int}  # containers
E_set ^ {1, 2}  # containers
E_set.union(E_ints)  # containers
E_set.difference(E_ints, (1,))  # containers
set(range(3))
{E_int, []}  # fails errors gives=BUILD_SET
{*E_ints, *E_int}  # fails errors gives=SET_UPDATE
{[N_int1] for N_int1 in [E_int]}  # fails errors comprehensions gives=SET_ADD
set(E_int)  # fails errors
E_set | E_ints  # fails errors
### frozen
frozenset()  # leaf
frozenset(E_ints)
frozenset({1, 2})  # leaf
E_frozen | E_set
frozenset(E_set)
frozenset([[E_int]])  # fails errors
### iter
iter(E_iterable)  # leaf
iter(E_ints)  # leaf
iter(E_tuple)  # leaf
reversed(E_list)
zip(E_ints, E_strs)
enumerate(E_iterable)
map(str, E_ints)
map(lambda N_int1: (N_int1, E_int), E_ints)
filter(None, E_ints)
iter(E_counts.items())
iter(lambda: 0, 0)
iter([E_int, E_int, 0].pop, 0)  # calls
iter(E_str)
iter(range(E_int % 5))
itertools.chain(E_ints, E_strs)  # library
itertools.repeat(E_scalar, 3)  # library
itertools.cycle([E_scalar, E_scalar])  # library
itertools.pairwise(E_ints)  # library
iter(V_obj_iter)  # dispatch classes
iter(E_int)  # fails errors
iter(V_obj_fiter)  # fails dispatch errors classes
reversed(E_set)  # fails errors
### gen
(N_int1 for N_int1 in E_ints)  # leaf comprehensions
(N_int1 * 2 for N_int1 in E_ints if N_int1)  # comprehensions
((N_int1, N_str1) for N_int1 in E_ints for N_str1 in E_strs)  # comprehensions
CALL_genfn  # dispatch generators *5
(N_int1 for N_int1 in E_int)  # fails errors generators gives=GET_ITER
### coro
CALL_corofn  # dispatch async
### agen
CALL_agenfn  # dispatch async
### ref
weakref.ref(V_obj)  # collector
weakref.ref(V_obj, lambda T_1: None)  # collector
weakref.ref(V_obj, lambda T_1: print('gone'))  # collector
### exc
ValueError(E_scalar)  # leaf
KeyError(E_str)  # leaf
IndexError()  # leaf
TypeError('told', E_int)
LookupError(E_any)
RuntimeError(E_str)
StopIteration(E_int)
ZeroDivisionError(E_any)
Exception(E_any, E_any)
OSError(E_int & 7, 'text')
E_errcls(E_scalar)
ExceptionGroup('group', [ValueError(E_int), KeyError(E_str)])
ValueError(E_str).with_traceback(None)
### errcls
ValueError  # leaf
KeyError  # leaf
LookupError  # leaf
RuntimeError  # leaf
### fn
lambda: E_any  # leaf closures
lambda N_int1: N_int1 + E_int  # closures
lambda N_int1, N_int2=E_int: N_int1 - N_int2  # closures
lambda N_scalar1, *T_1: (N_scalar1, T_1)  # closures
lambda *, N_int1=E_int: N_int1  # closures
lambda N_any1=E_any, /, **T_1: [N_any1, T_1]  # closures
lambda N_scalar1: lambda: N_scalar1  # closures
### cls
V_cls  # leaf
### obj
CALL_cls  # leaf dispatch
### scalar
CALL_fn  # /3 dispatch calls fails
next(V_iter, E_scalar)  # generators
next(V_gen, E_scalar)  # dispatch generators
V_dict.get(E_hashable, E_scalar)
V_dict.pop(E_hashable, E_scalar)
V_tuple1[0] if V_tuple1 else E_scalar
V_mixed1.pop() if V_mixed1 else E_scalar
V_mixed1[-1] if V_mixed1 else E_scalar
E_scalar if E_bool else E_scalar
E_scalar and E_scalar
E_scalar or E_scalar
V_obj_call(E_scalar)  # dispatch classes
V_obj_getitem[E_int]  # dispatch classes gives=BINARY_SUBSCR
V_obj_getitem[E_int:E_int]  # dispatch classes
V_obj_meth.method(E_scalar)  # dispatch classes
V_obj_cmeth.make(E_scalar)  # dispatch classes
V_cls_cmeth.make(E_scalar)  # dispatch classes
V_obj_smeth.plain(E_scalar, E_scalar)  # dispatch classes
V_obj_prop.area  # dispatch classes
V_obj_getattr.anything  # dispatch classes
V_obj_add + E_int  # dispatch classes
V_obj_radd1 + 1  # dispatch classes
E_int + V_obj_radd  # dispatch classes
-V_obj_neg  # dispatch classes
V_obj_matmul @ E_any  # dispatch classes
V_obj_desc.field  # dispatch classes
V_cls_meta.table  # dispatch classes
sum(V_obj_iter, 0) if False else E_scalar  # dispatch classes /4
max([E_int, E_int], key=lambda N_int1: N_int1)  # library
getattr(V_obj, 'missing', E_scalar)  # classes dispatch
getattr(E_int, 'real')  # calls
V_obj_fadd + E_any  # fails dispatch errors classes gives=BINARY_OP
V_obj_fcall(E_scalar, E_scalar)  # fails dispatch errors classes gives=CALL
V_obj_fgetitem[E_any]  # fails dispatch errors classes gives=BINARY_SUBSCR
V_obj_fprop.broken  # fails dispatch errors classes gives=LOAD_ATTR
V_obj_fmeth.raises(E_any)  # fails dispatch errors classes gives=CALL
V_obj_fdesc.bad  # fails dispatch errors classes gives=LOAD_ATTR
V_obj()  # fails errors dispatch
V_obj + E_int  # fails errors dispatch
V_dict[E_hashable]  # fails errors
V_dict.pop('missing')  # fails errors
V_tuple[5]  # fails errors
next(V_iter)  # fails errors generators
next(V_gen)  # fails dispatch errors generators
V_gen.send(E_scalar)  # fails dispatch errors generators
V_gen.throw(E_exc)  # fails dispatch errors generators
WRONG_fn  # fails errors calls *2 dispatch gives=CALL
WRONG_cls  # fails errors calls dispatch
getattr(E_int, E_str)  # fails errors
print(*E_int)  # fails errors gives=CALL_FUNCTION_EX
dict(**E_int)  # fails errors gives=DICT_MERGE
### any
E_scalar
E_container
E_ints  # leaf
E_scalar  # leaf
CALL_fn  # dispatch calls *4
CALL_fn1  # dispatch calls *2
E_obj  # dispatch *2
E_fn  # /2
E_cls
E_iter
E_gen
E_ref  # collector
[E_any, E_any]
(E_any, E_any)
{'k': E_any}
V_obj.value  # classes dispatch
V_obj.other  # classes dispatch
V_obj.__class__  # classes
type(E_any)
V_objs1[-1] if V_objs1 else None
V_objs1.pop() if V_objs1 else None
V_nest1[0] if V_nest1 else E_any
V_nest1.pop() if V_nest1 else None
V_web.get('a', E_any)
V_web.pop('a', None)
V_web.setdefault('a', E_any)  # grows
V_ref()  # collector dispatch
E_any if E_bool else E_any
E_any and E_any  # fails
(T_1 := E_any, T_1)[1]
(lambda: E_any)()  # closures
(lambda *T_1, **T_2: (T_1, T_2))(E_any, *E_tuple, k=E_any, **E_counts)  # closures calls
(lambda N_any1, /, N_any2, *, N_any3: [N_any1, N_any2, N_any3])(E_any, N_any2=E_any, N_any3=E_any)  # closures calls /99
V_fn.__defaults__  # closures
V_obj_meth.method  # classes dispatch
V_cls.__mro__  # classes
slice(E_int, None, E_any)
super  # /4
Ellipsis
...
NotImplemented
print
len
range(E_int & 7)
memoryview(E_bytes)[:0].tolist()  # strings
complex(E_int & 255, 2)
3j * 2
object
operator.attrgetter('value')(V_obj)  # library dispatch
operator.methodcaller('copy')(E_ints)  # library
functools.partial(E_fn, E_int)  # library /4
functools.partial(lambda *T_1: T_1, E_any)(E_any)  # library /4
collections.deque([E_any, E_any], 2)  # library /4
collections.defaultdict(list)['k']  # library /4
collections.OrderedDict(a=E_any)  # library /4
collections.Counter(E_str)  # library /6
types.SimpleNamespace(a=E_any).a  # library /4
V_obj.missing  # fails errors dispatch gives=LOAD_ATTR
V_obj.value.missing  # fails errors dispatch
V_nest[E_int + 30]  # fails errors
V_web['missing']  # fails errors
E_fn(E_int, E_int, E_int, E_int, E_int)  # fails errors calls /2
super().missing  # fails errors /4
[E_any, V_objs[40], E_any]  # fails errors
(E_any, E_any, E_int.missing)  # fails errors
type(E_any)(E_any, E_any, E_any, E_any)  # fails errors calls /12
weakref.ref(E_int)  # fails errors collector
