## class: class classes *4
class N_cls(BASES):
    MEMBERS

## class slots: class classes
class N_cls:
    __slots__ = ('value', 'other', 'extra', '__weakref__')
    def __init__(self, value=None, other=None):
        self.value = value
        self.other = other
    MEMBERS

## class decorated: class classes closures
def T_1(T_2):
    T_2.note = E_any
    return T_2
@T_1
class N_cls(BASES):
    MEMBERS

## class of list: class classes
class T_1(list):
    def __init__(self, *T_2):
        super().__init__(T_2)
        self.note = E_any
    def append(self, T_3):
        return super().append((T_3, E_any))
T_4 = T_1(E_any, E_any)
T_4.append(E_any)
N_any = T_4

## class of dict: class classes
class T_1(dict):
    def __missing__(self, T_2):
        self[T_2] = E_any
        return T_2
N_any = T_1()['missing']

## class of int: class classes
class T_1(int):
    def __new__(cls, T_2=0):
        T_3 = super().__new__(cls, T_2)
        T_3.note = E_any
        return T_3
    def __add__(self, T_4):
        return T_1(int(self) + T_4)
N_int = int(T_1(E_int) + 1)

## class of str: class classes strings
class T_1(str):
    pass
N_any = T_1(E_str) + 'x', T_1(E_str)[:]

## class of tuple: class classes
class T_1(tuple):
    def __new__(cls, *T_2):
        return super().__new__(cls, T_2)
N_any = T_1(E_any, E_any)[0]

## error class: class errors *2
class N_errcls(Exception):
    pass

## error class with value: class errors
class N_errcls(ValueError):
    def __init__(self, T_1=None):
        super().__init__(T_1)
        self.note = [T_1, self.args]

## metaclass: class classes *2
class T_1(type):
    def __call__(cls, *T_2, **T_3):
        return super().__call__(*T_2, **T_3)
    table = property(lambda cls: cls.__name__)
class N_cls(metaclass=T_1):
    MEMBERS

## metaclass prepares: class classes
class T_1(type):
    @classmethod
    def __prepare__(mcs, name, bases, **T_2):
        return {'given': T_2}
    def __new__(mcs, name, bases, namespace, **T_2):
        return super().__new__(mcs, name, bases, namespace)
    def __init__(cls, name, bases, namespace, **T_2):
        super().__init__(name, bases, namespace)
class T_3(metaclass=T_1, flag=E_any):
    pass
N_any = T_3.given

## metaclass fails: class classes errors fails gives=CALL
class T_1(metaclass=E_int):
    pass

## class base fails: class classes errors fails
class T_1(E_int, E_any):
    pass

## class body fails: class classes errors fails
class T_1:
    T_2 = E_any
    T_3 = E_int // 0

## class cell: class classes
class T_1:
    def T_2(self):
        return __class__
N_any = T_1().T_2()

## diamond: class classes
class T_1:
    def T_5(self):
        return [E_any]
class T_2(T_1):
    def T_5(self):
        return super().T_5() + [1]
class T_3(T_1):
    def T_5(self):
        return super().T_5() + [2]
class T_4(T_2, T_3):
    def T_5(self):
        return super().T_5()
N_any = T_4().T_5()

## class annotations: class classes gives=SETUP_ANNOTATIONS
class T_1:
    T_2: int = E_int
    T_3: E_any
N_any = sorted(T_1.__annotations__)

## named tuple: class classes library /6
T_1 = collections.namedtuple('Made', 'a b')
N_any = T_1(E_any, b=E_any)._replace(a=E_any)

## class attribute: classes
V_cls.shared = E_any

## class attribute gone: classes
V_cls1.shared = E_any
del V_cls1.shared

## class swapped: classes dispatch /2
V_obj1.__class__ = V_obj1.__class__

## dict swapped: classes dispatch gives=STORE_ATTR
V_obj_dict.__dict__ = {'value': E_any, 'other': E_any}

## bound: use classes dispatch
T_1 = V_obj_meth.method
T_1(E_any)
del T_1

## super call: classes dispatch
N_any = super(type(V_obj1), V_obj1).__init__

## item instance: classes dispatch gives=STORE_SUBSCR
V_obj_setitem[E_any] = E_any

## slice instance: classes dispatch gives=STORE_SLICE
V_obj_setitem[E_int:E_int] = E_any

## item delete instance: classes dispatch gives=DELETE_SUBSCR
del V_obj_delitem[E_any]

## descriptor set: classes dispatch
V_obj_desc.field = E_any

## descriptor deleted: classes dispatch
V_obj_desc1.field = E_any
del V_obj_desc1.field

## property set: classes dispatch
V_obj_prop.area = E_any

## property failing: classes dispatch fails errors gives=STORE_ATTR,DELETE_ATTR
del V_obj_prop.area

## setattr caught: classes dispatch
V_obj_setattr.extra = E_any

## setattr failing: classes dispatch fails errors gives=STORE_ATTR
V_obj_fsetattr.extra = E_any

## setitem failing: classes dispatch fails errors gives=STORE_SUBSCR
V_obj_fsetitem[E_any] = E_any

## key: classes dispatch containers
V_web[V_obj_hash] = E_any

## key found: classes dispatch containers
T_1 = {V_obj_hash: E_any}
N_bool = V_obj_hash in T_1

## key failing: classes dispatch fails errors containers
T_1 = {V_obj_fhash: E_any}

## instance in set: classes dispatch containers
T_1 = {V_obj_hash, V_obj_hash}
print(len(T_1))

## index in list: classes dispatch containers fails errors
T_1 = [E_any, V_obj_feq, E_any].index(E_nest)

## sort instances: classes dispatch library
T_1 = sorted([V_obj_lt1, V_obj_lt1, V_obj_lt1])
N_any = T_1

## hash tests equal: classes dispatch containers
N_bool = V_obj_eq in [E_any, V_obj_eq]

## remove instance: classes dispatch containers
T_1 = [E_any, V_obj_eq1, E_any]
if V_obj_eq1 in T_1:
    T_1.remove(V_obj_eq1)

## with: use context dispatch *2
with V_obj_enter as N_any1:
    BODY

## with new: use context dispatch *2 gives=BEFORE_WITH
with E_obj_enter:
    BODY

## with two: context dispatch
with V_obj_enter as T_1, V_obj_enter:
    BODY

## with exit: context dispatch loops
for N_int1 in range(3):
    with V_obj_enter:
        if E_bool:
            EXIT
        BODY

## with swallows: use context dispatch errors *2 gives=WITH_EXCEPT_START
with V_obj_swallow as N_any1:
    TRY

## with raising: context dispatch errors gives=WITH_EXCEPT_START
try:
    with V_obj_enter:
        TRY
except Exception as N_exc1:
    BODY

## with failing: context fails errors gives=BEFORE_WITH
with E_int:
    BODY

## with failing enter: context dispatch fails errors gives=BEFORE_WITH
with V_obj_fenter:
    BODY

## with failing exit: context dispatch fails errors gives=WITH_EXCEPT_START
with V_obj_fexit:
    BODY

## with failing twice: context dispatch fails errors gives=WITH_EXCEPT_START
with V_obj_fexit:
    E_int // 0

## init: member init *3
def __init__(self, value=None, other=None):
    self.value = value
    self.other = other

## init counts: member init
made = 0
def __init__(self, value=E_scalar, other=None):
    type(self).made = type(self).made + 1
    self.value = value
    self.other = [other, value]

## init by keyword: member init provides=dict
def __init__(self, value=None, other=None, **more):
    self.__dict__.update(value=value, other=other)

## init with new: member init
def __new__(cls, *args, **kwargs):
    self = object.__new__(cls)
    self.made = args
    return self
def __init__(self, value=None, other=None):
    self.value, self.other = value, other

## init subclass: member init
def __init__(self, value=None, other=None):
    self.other = other
    self.value = value
def __init_subclass__(cls, **more):
    super().__init_subclass__(**more)
    cls.heir = E_any

## class value: member
shared = E_any

## class list: member
shared_list = [E_any]

## method: member provides=meth classes
def method(self, argument):
    BODY
    return argument

## method self: member provides=meth
def method(self, argument):
    self.value = argument
    return self.value

## method raises: member provides=fmeth errors
def raises(self, argument):
    T_1 = [argument]
    raise ValueError(T_1)

## class method: member provides=cmeth
@classmethod
def make(cls, argument=None):
    return [cls.__name__, argument]

## static method: member provides=smeth
@staticmethod
def plain(first, second):
    return first or second

## property: member provides=prop
@property
def area(self):
    return [self.value]
@area.setter
def area(self, value):
    self.value = value

## property failing: member provides=fprop errors
@property
def broken(self):
    T_1 = [self.value]
    return T_1[5]

## descriptor: member provides=desc classes
class Field:
    def __set_name__(self, owner, name):
        self.name = '_' + name
    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, 'extra', None)
    def __set__(self, instance, value):
        instance.extra = value
    def __delete__(self, instance):
        instance.extra = None
field = Field()

## descriptor failing: member provides=fdesc classes errors
class Bad:
    def __get__(self, instance, owner=None):
        raise KeyError([instance])
bad = Bad()

## eq: member provides=eq drops=hash
def __eq__(self, other):
    return self is other or E_bool

## eq hash: member provides=eq,hash
def __eq__(self, other):
    return type(self) is type(other)
def __hash__(self):
    return 7

## eq not implemented: member provides=eq drops=hash
def __eq__(self, other):
    return NotImplemented

## eq raises: member provides=feq drops=hash errors
def __eq__(self, other):
    raise ValueError([self, other])

## hash raises: member provides=fhash errors
def __hash__(self):
    raise TypeError([self.value])

## hash: member provides=hash
def __hash__(self):
    return hash('x')

## lt: member provides=lt
def __lt__(self, other):
    return E_bool
def __gt__(self, other):
    return E_bool

## iter: member provides=iter
def __iter__(self):
    return iter([1, 'a', self.value.__class__.__name__])

## iter by generator: member provides=iter generators
def __iter__(self):
    for T_1 in range(3):
        yield T_1

## iter by itself: member provides=iter
def __iter__(self):
    self.extra = 3
    return self
def __next__(self):
    self.extra -= 1
    if self.extra < 0:
        raise StopIteration
    return self.extra

## iter fails: member provides=fiter errors
def __iter__(self):
    yield E_scalar
    raise KeyError([self])

## iter wrong: member provides=fiter errors
def __iter__(self):
    return [E_scalar]

## iter fails at once: member provides=fiter errors
def __iter__(self):
    raise ValueError(E_any)

## next fails: member provides=fiter errors
def __iter__(self):
    return self
def __next__(self):
    return [self.value][3]

## len: member provides=len,bool
def __len__(self):
    return 2

## len failing: member provides=fbool drops=len errors
def __len__(self):
    return -1

## bool: member provides=bool
def __bool__(self):
    return E_bool

## bool failing: member provides=fbool errors
def __bool__(self):
    return [self]

## getitem: member provides=getitem
def __getitem__(self, key):
    return 1 if isinstance(key, slice) else 'item'

## getitem iterates: member provides=getitem
def __getitem__(self, key):
    if isinstance(key, int) and key > 2:
        raise IndexError(key)
    return 1

## getitem failing: member provides=fgetitem errors
def __getitem__(self, key):
    return {}[[key].__class__]

## setitem: member provides=setitem
def __setitem__(self, key, value):
    self.extra = key, value

## setitem failing: member provides=fsetitem errors
def __setitem__(self, key, value):
    raise KeyError(key)

## delitem: member provides=delitem
def __delitem__(self, key):
    self.extra = key

## contains: member provides=contains
def __contains__(self, item):
    return item is None

## call: member provides=call
def __call__(self, *args, **kwargs):
    self.extra = args, kwargs
    return len(args)

## call failing: member provides=fcall errors
def __call__(self, argument, other):
    T_1 = argument, other
    raise LookupError(T_1)

## add: member provides=add
def __add__(self, other):
    return 3

## radd: member provides=radd
def __add__(self, other):
    return NotImplemented
def __radd__(self, other):
    return len([self, other])

## add failing: member provides=fadd errors
def __add__(self, other):
    raise ValueError([self, other])

## add not implemented: member provides=fadd errors
def __add__(self, other):
    return NotImplemented

## iadd: member provides=iadd
def __iadd__(self, other):
    self.extra = other
    return self

## iadd failing: member provides=fiadd errors
def __iadd__(self, other):
    raise TypeError(other)

## matmul: member provides=matmul
def __matmul__(self, other):
    return 5

## neg: member provides=neg
def __neg__(self):
    return -1
def __invert__(self):
    return 2

## index: member provides=index
def __index__(self):
    return 1

## repr: member provides=repr
def __repr__(self):
    return 'me'

## repr failing: member provides=frepr errors
def __repr__(self):
    return E_int

## format: member provides=format
def __format__(self, spec):
    return 'as ' + spec

## format failing: member provides=fformat errors
def __format__(self, spec):
    raise ValueError([spec])

## getattr: member provides=getattr
def __getattr__(self, name):
    if name.startswith('_') or name == 'extra':
        raise AttributeError(name)
    return name

## setattr: member provides=setattr
def __setattr__(self, name, value):
    object.__setattr__(self, name, value)

## setattr failing: member provides=fsetattr errors
def __setattr__(self, name, value):
    if name == 'extra':
        raise TypeError([self, value])
    super().__setattr__(name, value)

## enter: member provides=enter drops=swallow,fenter,fexit context *2
def __enter__(self):
    return self
def __exit__(self, kind, error, trace):
    return None

## enter other: member provides=enter drops=swallow,fenter,fexit context
def __enter__(self):
    self.extra = [self.value]
    return self.extra
def __exit__(self, *args):
    self.extra = None

## swallow: member provides=enter,swallow drops=fenter,fexit context errors *2
def __enter__(self):
    return [self]
def __exit__(self, kind, error, trace):
    self.other = error
    return True

## swallow and forget: member provides=enter,swallow drops=fenter,fexit context errors
def __enter__(self):
    return 1
def __exit__(self, kind, error, trace):
    return kind is not None

## enter failing: member provides=fenter drops=enter,swallow,fexit context errors
def __enter__(self):
    raise ValueError([self])
def __exit__(self, *args):
    return True

## exit failing: member provides=fexit drops=enter,swallow,fenter context errors
def __enter__(self):
    return [self]
def __exit__(self, *args):
    raise LookupError(args[0].__class__)

## del: member collector *2
def __del__(self):
    self.value = None

## del prints: member collector *2
def __del__(self):
    print('end')

## del raises nothing: member collector
def __del__(self):
    try:
        raise ValueError(self.value)
    except ValueError as error:
        self.other = error

## resurrect: member collector
saved = []
def __del__(self):
    self.saved.append(self)

## match args: member provides=margs matching *2
__match_args__ = ('value', 'other')

## super init: member
def extended(self):
    return super().__init__(), super().__class__

## await: member provides=await async
def __await__(self):
    T_1 = yield E_scalar
    return T_1

## async context: member provides=aenter async
async def __aenter__(self):
    return self
async def __aexit__(self, kind, error, trace):
    return False

## async context swallows: member provides=aenter,aswallow async
async def __aenter__(self):
    return [self]
async def __aexit__(self, kind, error, trace):
    return kind is not None

## async iter: member provides=aiter async
def __aiter__(self):
    self.extra = 2
    return self
async def __anext__(self):
    self.extra -= 1
    if self.extra < 0:
        raise StopAsyncIteration
    return self.extra

## inner class: member classes
class Inner:
    held = E_any

## comprehension: member comprehensions
row = [T_1 for T_1 in E_ints]

## annotated field: member gives=SETUP_ANNOTATIONS
note: int = E_int


## use instance: use classes dispatch *2
N_obj = E_obj

## use instances: use classes dispatch
N_obj1 = E_obj
N_objs1 = [N_obj1, E_obj, N_obj1]

## manager: context class *2 gives=BEFORE_WITH,WITH_EXCEPT_START
class N_cls1:
    def __init__(self, value=None, other=None):
        self.value, self.other = value, other
    def __enter__(self):
        return self
    def __exit__(self, kind, error, trace):
        self.other = kind
        return kind is not None and issubclass(kind, Exception)
with N_cls1(E_any) as T_1:
    TRY
