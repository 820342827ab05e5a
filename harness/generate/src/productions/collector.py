## collect: collector *3
gc.collect()

## collect counted: collector
print(gc.collect() >= 0)

## collect young: collector
gc.collect(0)

## finaliser: class collector *3
class N_cls:
    def __init__(self, value=None, other=None):
        self.value = value
        self.other = other
    def __del__(self):
        print('del', type(self.value).__name__)

## finaliser resurrects: class collector *2
T_1 = []
class N_cls:
    def __init__(self, value=None, other=None):
        self.value = value
        self.other = other
    def __del__(self):
        T_1.append(self)

## finaliser raises: class collector
class N_cls:
    value = None
    def __init__(self, value=None, other=None):
        self.value = value
        self.other = other
    def __del__(self):
        try:
            self.missing
        except AttributeError as error:
            self.other = error

## finaliser of a local: collector def
class T_1:
    def __del__(self):
        T_2.append(E_scalar)
T_2 = []
def N_fn(N_any1):
    T_3 = T_1()
    T_4 = [T_3, N_any1]
    return len(T_4)

## weak: collector dispatch *2
T_1 = E_obj
N_ref1 = weakref.ref(T_1)
del T_1

## weak callback: collector dispatch *2
T_1 = []
T_2 = E_obj
N_ref1 = weakref.ref(T_2, T_1.append)
del T_2
print(len(T_1))

## weak callback prints: collector dispatch
T_2 = E_obj
N_ref1 = weakref.ref(T_2, lambda T_1: print('gone', T_1() is None))
V_nest.append(T_2)
del T_2

## weak to function: collector
T_1 = lambda: E_any
T_2 = weakref.ref(T_1)
del T_1
print(T_2() is None)

## weak to set: collector
T_1 = {E_int}
T_2 = weakref.ref(T_1)
T_1 = None
print(T_2() is None)

## weak to generator: collector generators
T_1 = (T_3 for T_3 in E_ints)
T_2 = weakref.ref(T_1)
next(T_1, None)
del T_1

## weak twice: collector dispatch
T_1 = E_obj
N_ref1 = weakref.ref(T_1)
N_ref2 = weakref.ref(T_1)
print(N_ref1 is N_ref2, weakref.getweakrefcount(T_1))

## weak proxy: collector dispatch errors
T_1 = E_obj
T_2 = weakref.proxy(T_1)
T_3 = T_2.value
del T_1
try:
    T_2.value
except ReferenceError:
    BODY

## weak dict: collector dispatch library /3
T_1 = weakref.WeakValueDictionary()
T_2 = E_obj
T_1['k'] = T_2
del T_2
print(len(T_1))

## weak call: collector dispatch
N_any = V_ref()

## cycle and collect: collector cycles dispatch *3
T_1 = E_obj
T_1.other = T_1
del T_1
gc.collect()

## cycle of two: collector cycles dispatch *2
T_1 = E_obj
T_2 = E_obj
T_1.other, T_2.other = T_2, T_1
del T_1, T_2
gc.collect()

## cycle of lists: collector cycles *2
T_1 = [E_any]
T_2 = [T_1, E_any]
T_1.append(T_2)
del T_1, T_2
gc.collect()

## cycle of dict: collector cycles
T_1 = {'a': E_any}
T_1['self'] = T_1
T_1 = None
gc.collect()

## cycle with finaliser: collector cycles *2
class T_1:
    def __del__(self):
        print('del')
T_2 = T_1()
T_2.own = [T_2, E_any]
T_3 = weakref.ref(T_2, lambda T_4: print('callback'))
del T_2
gc.collect()

## cycle resurrects: collector cycles
T_5 = []
class T_1:
    def __del__(self):
        T_5.append(self)
T_2 = T_1()
T_2.own = T_2
del T_2
gc.collect()
T_5.clear()
gc.collect()

## cycle of functions: collector cycles closures
def T_1(T_2):
    def T_3():
        return T_3, T_2
    return T_3()
T_1(E_any)
gc.collect()

## cycle of class: collector cycles classes
class T_1:
    pass
T_1.own = T_1()
del T_1
gc.collect()

## cycle of exception: collector cycles errors
try:
    TRY
except Exception as N_exc1:
    T_1 = N_exc1
T_1 = None
gc.collect()

## cycle of generator: collector cycles generators
def T_1():
    T_2 = yield
    yield T_2
T_3 = T_1()
next(T_3)
T_3.send(T_3)
del T_3
gc.collect()

## collect in function: collector func
gc.collect()

## collect in finaliser: collector
class T_1:
    def __del__(self):
        gc.collect()
T_2 = T_1()
T_2 = None

## drop list: collector containers dispatch
V_objs.clear()

## drop in order: collector dispatch
T_1 = [E_obj, E_obj, E_obj]
T_1[1] = None
del T_1

## drop temporaries: collector dispatch *2
[E_obj, E_obj, E_any]

## drop pair: collector dispatch
(E_obj, E_obj)[0]

## replaced: collector dispatch
T_1 = E_obj
T_1 = E_obj
T_1 = E_any

## finaliser changes list: collector containers
T_1 = []
class T_2:
    def __del__(self):
        T_1.append(E_scalar)
T_1.extend([T_2(), T_2()])
T_1.pop(0)
T_1.clear()

## finaliser changes dict: collector containers
T_1 = {}
class T_2:
    def __del__(self):
        T_1['gone'] = E_scalar
T_1['a'] = T_2()
T_1['a'] = E_any
T_1.clear()

## finaliser of rebound name: collector
class T_1:
    def __del__(self):
        global T_2
        T_2 = E_any
T_2 = T_1()
T_2 = E_any
