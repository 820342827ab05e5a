## typed: only types def *3 gives=CALL_INTRINSIC_1,CALL_INTRINSIC_2
def N_fn[Kind, *Kinds, **Named](N_any1: Kind, N_int1: int = 1) -> list[Kind]:
    BODY
    return N_any1

## typed bound: only types def gives=CALL_INTRINSIC_2
def N_fn[Kind: int](N_int1: Kind, N_any1: Kind = E_any):
    BODY
    return Kind, Kind.__bound__, N_any1

## typed constraints: only types def gives=CALL_INTRINSIC_2
def N_fn[Kind: (int, str)](N_scalar1: Kind):
    BODY
    return [Kind.__constraints__, N_scalar1]

## typed inside: only types def
def N_fn[Kind](N_any1: Kind):
    def T_1[Other: Kind](T_2: Other):
        return T_2, Kind, Other.__bound__
    BODY
    return T_1(N_any1), T_1.__type_params__

## typed bound that fails: only types def fails
def N_fn[Kind: missing](N_any1: Kind):
    try:
        return Kind.__bound__
    except NameError as T_1:
        return T_1, N_any1

## alias: only types
type Alias = list[int]
N_any1 = Alias.__value__, Alias

## alias with parameters: only types
type Alias[Kind, **Named] = dict[str, Kind]
N_any1 = [Alias.__value__, Alias.__type_params__]

## alias of nothing: only types fails
type Alias = missing
try:
    N_any1 = Alias.__value__
except NameError as N_exc1:
    BODY

## typed class: only types class gives=CALL_INTRINSIC_1
class T_1[Kind]:
    members = E_any
    def method(self, T_2: Kind):
        return T_2, Kind, __class__
N_any1 = T_1().method(E_any)

## names of the class: only types class gives=LOAD_FROM_DICT_OR_GLOBALS
class T_1:
    field = [E_any]
    type Alias = field
    def method[Kind: field](self, T_2: Kind):
        return Kind.__bound__, T_2
    field = E_any
N_any1 = T_1.Alias.__value__
N_any2 = T_1().method(E_any)
