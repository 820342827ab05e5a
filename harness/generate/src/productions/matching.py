## match literal: matching
match E_scalar:
    case 0 | 1:
        BODY
    case 'a':
        BODY
    case None:
        BODY
    case _:
        BODY

## match sequence: matching *2 gives=MATCH_SEQUENCE,GET_LEN
match E_any:
    case []:
        BODY
    case [N_any1]:
        BODY
    case [N_any1, N_any2]:
        BODY
    case [N_any1, *N_nest1]:
        BODY
    case _:
        BODY

## match sequence star: matching gives=MATCH_SEQUENCE,UNPACK_EX
match V_nest:
    case [N_any1, *_, N_any2] if N_any1 is N_any2:
        BODY
    case [*N_nest1, N_any3]:
        BODY

## match tuple: matching gives=MATCH_SEQUENCE
match E_tuple:
    case (1, N_scalar1):
        BODY
    case (N_scalar1, str() as N_str1, *_):
        BODY
    case N_any1:
        BODY

## match mapping: matching *2 gives=MATCH_MAPPING,MATCH_KEYS
match V_web:
    case {'a': N_any1, 'b': N_any2}:
        BODY
    case {'a': [N_any1, *_], **T_1}:
        BODY
    case {'a': N_any3}:
        BODY
    case {**T_2}:
        BODY

## match mapping new: matching gives=MATCH_MAPPING,MATCH_KEYS
match {'k': E_any, 'n': E_int}:
    case {'missing': _}:
        BODY
    case {'k': N_any1, 'n': int(N_int1), **T_1}:
        BODY

## match class: matching *2 gives=MATCH_CLASS
match E_any:
    case int(N_int1):
        BODY
    case str() as N_str1:
        BODY
    case list() | tuple():
        BODY
    case dict(N_web1):
        BODY

## match instance: matching dispatch *3 gives=MATCH_CLASS
match V_obj:
    case V_cls(value=N_any1, other=N_any2):
        BODY
    case V_cls(value=int()):
        BODY
    case object(value=N_any1):
        BODY
    case _:
        BODY

## match positional: matching dispatch *3 gives=MATCH_CLASS
match E_obj_margs:
    case V_cls_margs(N_any1, None):
        BODY
    case V_cls_margs(0 | 1 as N_int1):
        BODY
    case V_cls_margs(N_any1, other=N_any2):
        BODY

## match missing attribute: matching dispatch gives=MATCH_CLASS
match V_obj:
    case V_cls(missing=N_any1):
        BODY
    case V_cls():
        BODY

## match too many: matching fails errors dispatch gives=MATCH_CLASS
match V_obj1:
    case object(T_1, T_2, T_3):
        BODY

## match twice: matching fails errors dispatch gives=MATCH_CLASS
match V_obj_margs1:
    case V_cls_margs(T_1, T_2, value=T_3):
        BODY

## match no class: matching fails errors gives=MATCH_CLASS
match E_any:
    case V_int():
        BODY

## match guard fails: matching fails errors
match E_nest:
    case [*T_1] if E_int // 0:
        BODY

## match subject fails: matching fails errors
match [E_any, E_int // 0]:
    case _:
        BODY

## match or: matching
match [E_scalar, E_any]:
    case [1, N_any1] | ['a', N_any1] | [_, [N_any1]]:
        BODY
    case [_, _] as N_nest1:
        BODY

## match nested: matching gives=MATCH_SEQUENCE
match (E_int, [E_any, {'k': E_any}]):
    case (int(N_int1), [N_any1, {'k': N_any2}]):
        BODY

## match dotted: matching
match E_int:
    case math.pi:
        BODY
    case -1 | 0:
        BODY
    case 1.5 | 'x' | b'y' | True:
        BODY
    case N_int1 if N_int1 > 3:
        BODY

## match loop: matching loops
for N_any1 in [E_any, E_any, [E_any]]:
    match N_any1:
        case [T_1]:
            EXIT
        case None | True:
            BODY
        case T_2 if E_bool:
            BODY

## match in function: matching def *2
def N_fn(N_any1):
    match N_any1:
        case [T_1, T_2]:
            return T_1
        case {'a': T_3, **T_4}:
            return T_4
        case str() | bytes():
            return E_any
        case int(T_5) if T_5 > E_int:
            return [T_5]
    return N_any1
