## try: errors *4
try:
    TRY
except Exception:
    BODY

## try as: errors *4
try:
    TRY
except Exception as N_exc1:
    BODY

## try bare: errors *2
try:
    TRY
except:
    BODY

## try kinds: errors *2 gives=CHECK_EXC_MATCH
try:
    TRY
except (IndexError, KeyError) as N_exc1:
    BODY
except ZeroDivisionError:
    BODY
except Exception as N_exc2:
    BODY

## try else: errors *2
try:
    TRY
except Exception:
    BODY
else:
    BODY

## try finally: errors *2
try:
    BODY
finally:
    BODY

## try except finally: errors *3
try:
    TRY
except Exception as N_exc1:
    BODY
finally:
    BODY

## try all: errors *2
try:
    TRY
except ValueError:
    BODY
except Exception:
    BODY
else:
    BODY
finally:
    BODY

## try nested: errors *3
try:
    try:
        TRY
    except ZeroDivisionError as N_exc1:
        BODY
    finally:
        BODY
except Exception as N_exc2:
    BODY

## try in handler: errors *2
try:
    TRY
except Exception as N_exc1:
    try:
        TRY
    except Exception as N_exc2:
        BODY

## try in finally: errors
try:
    TRY
except Exception:
    pass
finally:
    try:
        TRY
    except Exception:
        BODY

## reraise: errors *2 gives=RERAISE
try:
    try:
        TRY
    except Exception as N_exc1:
        BODY
        raise
except Exception:
    BODY

## raise from: errors *2
try:
    try:
        TRY
    except Exception as N_exc1:
        raise E_exc from N_exc1
except Exception as N_exc2:
    N_any1 = N_exc2.__cause__

## raise from none: errors
try:
    try:
        TRY
    except Exception:
        raise E_exc from None
except Exception as N_exc2:
    BODY

## raise class: errors
try:
    raise E_errcls
except E_errcls:
    BODY
except Exception:
    BODY

## raise: fails errors *2 gives=RAISE_VARARGS
raise E_exc

## raise from wrong: fails errors gives=RAISE_VARARGS
raise E_exc from E_int

## raise wrong: fails errors gives=RAISE_VARARGS
raise E_int

## raise again: fails errors /2
raise

## except wrong: fails errors gives=CHECK_EXC_MATCH
try:
    E_int // 0
except E_int:
    BODY

## except expression fails: fails errors
try:
    E_int // 0
except E_int.missing:
    BODY

## keep: errors cycles
try:
    TRY
except Exception as N_exc1:
    N_any = N_exc1

## keep traceback: errors cycles collector
try:
    TRY
except Exception as N_exc1:
    N_nest = [N_exc1.__traceback__, N_exc1]

## keep in itself: errors cycles collector
try:
    TRY
except Exception as N_exc1:
    N_exc1.own = N_exc1

## keep context: errors
try:
    try:
        E_int // 0
    finally:
        E_ints[77]
except IndexError as N_exc1:
    N_any = N_exc1.__context__

## del error: errors
try:
    TRY
except Exception as T_1:
    del T_1
    BODY

## rebind error: errors
try:
    TRY
except Exception as T_1:
    T_1 = E_any
    BODY

## args: errors
try:
    TRY
except Exception as N_exc1:
    print(len(N_exc1.args), type(N_exc1).__name__)

## note: errors
try:
    TRY
except Exception as N_exc1:
    N_exc1.add_note(E_str)

## loop exits: errors loops *2
for N_int1 in range(3):
    try:
        if E_bool:
            EXIT
        TRY
    except Exception:
        EXIT
    finally:
        BODY

## loop handler exits: errors loops *2
for N_int1 in 3, 0, 1:
    try:
        T_1 = E_int // N_int1
    except ZeroDivisionError as N_exc1:
        EXIT
    else:
        BODY

## loop finally exits: errors loops
for N_int1 in range(2):
    try:
        TRY
    finally:
        break

## loop around: errors loops
try:
    for N_any1 in [E_any, E_any]:
        TRY
except Exception as N_exc1:
    BODY

## while inside: errors loops
T_1 = 0
try:
    while True:
        T_1 += 1
        E_int // (3 - T_1)
except ZeroDivisionError:
    BODY

## return through finally: def errors calls *2
def N_fn(N_any1):
    try:
        return N_any1
    finally:
        BODY

## return in finally: def errors calls
def N_fn(N_any1, N_int1=0):
    try:
        T_1 = N_int1 // N_int1
    finally:
        return [N_any1]

## return in handler: def errors calls
def N_fn(N_any1):
    try:
        TRY
    except Exception as N_exc1:
        return N_exc1
    finally:
        BODY
    return N_any1

## return from with: def errors calls context dispatch
def N_fn(N_any1):
    with V_obj_enter as T_1:
        for T_2 in E_any, E_any:
            return T_1, N_any1

## raise in call: def errors calls *2
def T_4(T_1):
    T_2 = [T_1]
    if len(T_2) == 1:
        raise ValueError(T_2)
try:
    T_3 = [E_any, T_4(E_any), E_any]
except ValueError as N_exc1:
    BODY

## deep raise: def errors calls
def T_1(T_2):
    T_3 = [T_2]
    return T_1(T_2 - 1) if T_2 else T_3[7]
try:
    T_1(3)
except IndexError as N_exc1:
    N_nest = [N_exc1]

## group: errors *3 gives=CHECK_EG_MATCH,PREP_RERAISE_STAR,CALL_INTRINSIC_2
try:
    raise ExceptionGroup('g', [ValueError(E_int), KeyError(E_str), E_exc])
except* ValueError as N_exc1:
    BODY
except* Exception as N_exc2:
    BODY

## group plain: errors gives=CHECK_EG_MATCH
try:
    TRY
except* (KeyError, IndexError):
    BODY
except* Exception as N_exc1:
    BODY

## group rest: errors gives=CHECK_EG_MATCH
try:
    try:
        raise ExceptionGroup('g', [TypeError(E_any), ExceptionGroup('h', [KeyError(1), OSError(2)])])
    except* (KeyError, ValueError) as N_exc1:
        BODY
except Exception as N_exc2:
    N_any = N_exc2.exceptions

## group raises: errors gives=CHECK_EG_MATCH
try:
    try:
        raise ExceptionGroup('g', [TypeError(1), KeyError(E_any)])
    except* TypeError:
        raise E_exc
    except* KeyError as N_exc1:
        raise
except Exception as N_exc2:
    BODY

## group else: errors
try:
    BODY
except* ValueError:
    BODY
else:
    BODY
finally:
    BODY

## group wrong: fails errors gives=CHECK_EG_MATCH
try:
    raise E_exc
except* E_int:
    BODY

## group of groups: fails errors gives=CHECK_EG_MATCH
try:
    raise E_exc
except* ExceptionGroup:
    BODY

## split: errors
N_any = ExceptionGroup('g', [ValueError(1), KeyError(E_any)]).split(KeyError)

## suppressed: errors library context /8
T_1 = print(end='')
try:
    TRY
except BaseException:
    BODY

## positions: errors fails containers gives=BUILD_LIST
T_1 = [E_any, [E_any, (E_any, E_int // 0)], E_any]

## positions dict: errors fails containers
T_1 = {'a': E_any, 'b': {E_str: E_int.missing}}

## positions call: errors fails calls
T_1 = max(E_int, len([E_any, E_ints[88]]), key=lambda T_2: T_2)

## positions target: errors fails containers
V_web['a'], V_nest[99], V_web['b'] = E_any, E_any, E_any

## positions del: errors fails containers
T_1, T_2 = E_any, E_any
del T_1, V_nest[99], T_2

## positions chain: errors fails
T_1 = V_nest[99] = E_any

## positions comparison: errors fails
T_1 = E_int < E_int // 0 < E_int

## positions slice: errors fails
T_1 = E_ints[E_int // 0:E_any]

## positions key: errors fails
V_web[E_ints] = [E_any]

## positions text: errors fails strings
T_1 = f"{E_str}{E_int // 0}{E_str}"

## not callable: errors fails calls
V_int(E_any, E_any, k=E_any)

## missing method: errors fails calls gives=LOAD_ATTR,LOAD_METHOD
V_nest.missing(E_any)
