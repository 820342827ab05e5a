//! The names in the types of CPython's C modules, as `vars()` gives them in 3.11 to 3.13.
//!
//! A name that not all versions have is followed by `/` and the first minor version that has it, or `/-` and the last one.

/// By the name of the type.
pub(super) static NAMES: &[(&str, &str)] = &[
    ("accumulate", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__"),
    (
        "chain",
        "__class_getitem__ __doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__ \
         from_iterable",
    ),
    ("combinations", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__ __sizeof__"),
    (
        "combinations_with_replacement",
        "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__ __sizeof__",
    ),
    ("compress", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__"),
    ("count", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __repr__"),
    ("cycle", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__"),
    ("dropwhile", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__"),
    ("filterfalse", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__"),
    ("groupby", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__"),
    ("islice", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__"),
    ("pairwise", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__"),
    ("permutations", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__ __sizeof__"),
    ("product", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__ __sizeof__"),
    ("repeat", "__doc__ __getattribute__ __iter__ __length_hint__ __module__/12 __new__ __next__ __reduce__ __repr__"),
    ("starmap", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__"),
    ("takewhile", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__"),
    ("zip_longest", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__"),
    ("_grouper", "__doc__ __getattribute__ __iter__ __module__/12 __new__ __next__ __reduce__"),
    ("_tee", "__copy__ __doc__ __iter__ __module__/12 __new__ __next__ __reduce__ __setstate__"),
    ("_tee_dataobject", "__doc__ __getattribute__ __module__/12 __new__ __reduce__"),
    (
        "partial",
        "__call__ __class_getitem__ __delattr__ __dict__ __doc__ __get__/13 __getattribute__ __module__ __new__ __reduce__ \
         __repr__ __setattr__ __setstate__ __vectorcalloffset__ args func keywords",
    ),
    (
        "_lru_cache_wrapper",
        "__call__ __copy__ __deepcopy__ __dict__ __doc__ __get__ __module__ __new__ __reduce__ cache_clear cache_info",
    ),
    ("_lru_list_elem", "__doc__ __module__"),
    (
        "KeyWrapper",
        "__call__ __doc__ __eq__ __ge__ __getattribute__ __gt__ __hash__ __le__ __lt__ __module__ __ne__ \
         __text_signature__/13 obj",
    ),
    (
        "deque",
        "__add__ __class_getitem__ __contains__ __copy__ __delitem__ __doc__ __eq__ __ge__ __getattribute__ __getitem__ \
         __gt__ __hash__ __iadd__ __imul__ __init__ __iter__ __le__ __len__ __lt__ __module__/12 __mul__ __ne__ __new__ \
         __reduce__ __repr__ __reversed__ __rmul__ __setitem__ __sizeof__ append appendleft clear copy count extend \
         extendleft index insert maxlen pop popleft remove reverse rotate",
    ),
    ("_deque_iterator", "__doc__ __getattribute__ __iter__ __length_hint__ __module__/12 __new__ __next__ __reduce__"),
    ("_deque_reverse_iterator", "__doc__ __getattribute__ __iter__ __length_hint__ __module__/12 __new__ __next__ __reduce__"),
    (
        "defaultdict",
        "__class_getitem__ __copy__ __doc__ __getattribute__ __init__ __missing__ __module__/12 __or__ __reduce__ __repr__ \
         __ror__ copy default_factory",
    ),
    ("_tuplegetter", "__delete__ __doc__ __get__ __module__/12 __new__ __reduce__ __repr__ __set__"),
    (
        "OrderedDict",
        "__delitem__ __dict__ __doc__ __eq__ __ge__ __gt__ __hash__ __init__ __ior__ __iter__ __le__ __lt__ __ne__ __or__ \
         __reduce__ __repr__ __reversed__ __ror__ __setitem__ __sizeof__ clear copy fromkeys items keys move_to_end pop \
         popitem setdefault update values",
    ),
    ("odict_iterator", "__doc__ __getattribute__/-12 __iter__ __next__ __reduce__"),
    ("odict_keys", "__doc__ __iter__ __reversed__"),
    ("odict_items", "__doc__ __iter__ __reversed__"),
    ("odict_values", "__doc__ __iter__ __reversed__"),
    (
        "itemgetter",
        "__call__ __doc__ __getattribute__ __module__ __new__ __reduce__ __repr__ __text_signature__/13 __vectorcalloffset__",
    ),
    (
        "attrgetter",
        "__call__ __doc__ __getattribute__ __module__ __new__ __reduce__ __repr__ __text_signature__/13 __vectorcalloffset__",
    ),
    (
        "methodcaller",
        "__call__ __doc__ __getattribute__ __module__ __new__ __reduce__ __repr__ __text_signature__/13 \
         __vectorcalloffset__/13",
    ),
    (
        "ProxyType",
        "__abs__ __add__ __and__ __bool__ __bytes__ __contains__ __delattr__ __delitem__ __divmod__ __doc__ __eq__ __float__ \
         __floordiv__ __ge__ __getattribute__ __getitem__ __gt__ __hash__ __iadd__ __iand__ __ifloordiv__ __ilshift__ \
         __imatmul__ __imod__ __imul__ __index__ __int__ __invert__ __ior__ __ipow__ __irshift__ __isub__ __iter__ \
         __itruediv__ __ixor__ __le__ __len__ __lshift__ __lt__ __matmul__ __mod__ __mul__ __ne__ __neg__ __next__ __or__ \
         __pos__ __pow__ __radd__ __rand__ __rdivmod__ __repr__ __reversed__ __rfloordiv__ __rlshift__ __rmatmul__ __rmod__ \
         __rmul__ __ror__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __setattr__ __setitem__ __str__ \
         __sub__ __truediv__ __xor__",
    ),
    (
        "CallableProxyType",
        "__abs__ __add__ __and__ __bool__ __call__ __contains__ __delattr__ __delitem__ __divmod__ __doc__ __eq__ __float__ \
         __floordiv__ __ge__ __getattribute__ __getitem__ __gt__ __hash__ __iadd__ __iand__ __ifloordiv__ __ilshift__ \
         __imatmul__ __imod__ __imul__ __index__ __int__ __invert__ __ior__ __ipow__ __irshift__ __isub__ __iter__ \
         __itruediv__ __ixor__ __le__ __len__ __lshift__ __lt__ __matmul__ __mod__ __mul__ __ne__ __neg__ __next__ __or__ \
         __pos__ __pow__ __radd__ __rand__ __rdivmod__ __repr__ __rfloordiv__ __rlshift__ __rmatmul__ __rmod__ __rmul__ \
         __ror__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __setattr__ __setitem__ __str__ __sub__ \
         __truediv__ __xor__",
    ),
    ("_abc_data", "__doc__ __module__ __new__"),
    (
        "Context",
        "__contains__ __doc__ __eq__ __ge__ __getattribute__/-12 __getitem__ __gt__ __hash__ __iter__ __le__ __len__ __lt__ \
         __module__ __ne__ __new__ copy get items keys run values",
    ),
    ("ContextVar", "__class_getitem__ __doc__ __getattribute__/-12 __hash__ __new__ __repr__ get name reset set"),
    ("Token", "MISSING __class_getitem__ __doc__ __getattribute__/-12 __hash__ __new__ __repr__ old_value var"),
    ("MISSING", "__doc__ __getattribute__/-12 __repr__"),
    ("keys", "__doc__ __getattribute__/-12 __iter__ __len__ __next__"),
    ("items", "__doc__ __getattribute__/-12 __iter__ __len__ __next__"),
    ("values", "__doc__ __getattribute__/-12 __iter__ __len__ __next__"),
    (
        "lock",
        "__doc__ __enter__ __exit__ __module__ __new__/13 __repr__ _at_fork_reinit acquire acquire_lock locked locked_lock \
         release release_lock",
    ),
    (
        "RLock",
        "__doc__ __enter__ __exit__ __module__ __new__ __repr__ _acquire_restore _at_fork_reinit _is_owned _recursion_count \
         _release_save acquire release",
    ),
    ("_local", "__delattr__ __doc__ __getattribute__ __module__ __new__ __setattr__"),
    ("SimpleQueue", "__class_getitem__ __doc__ __module__ __new__ empty get get_nowait put put_nowait qsize"),
    ("batched", "__doc__ __getattribute__ __iter__ __module__ __new__ __next__"),
    (
        "date",
        "__add__ __doc__ __eq__ __format__ __ge__ __getattribute__/-12 __gt__ __hash__ __le__ __lt__ __ne__ __new__ \
         __radd__ __reduce__ __replace__/13 __repr__ __rsub__ __str__ __sub__ ctime day fromisocalendar fromisoformat \
         fromordinal fromtimestamp isocalendar isoformat isoweekday max min month replace resolution strftime timetuple \
         today toordinal weekday year",
    ),
    (
        "time",
        "__doc__ __eq__ __format__ __ge__ __getattribute__/-12 __gt__ __hash__ __le__ __lt__ __ne__ __new__ __reduce__ \
         __reduce_ex__ __replace__/13 __repr__ __str__ dst fold fromisoformat hour isoformat max microsecond min minute \
         replace resolution second strftime tzinfo tzname utcoffset",
    ),
    (
        "datetime",
        "__add__ __doc__ __eq__ __ge__ __getattribute__/-12 __gt__ __hash__ __le__ __lt__ __ne__ __new__ __radd__ \
         __reduce__ __reduce_ex__ __replace__/13 __repr__ __rsub__ __str__ __sub__ astimezone combine ctime date dst fold \
         fromisoformat fromtimestamp hour isoformat max microsecond min minute now replace resolution second strptime \
         time timestamp timetuple timetz tzinfo tzname utcfromtimestamp utcnow utcoffset utctimetuple",
    ),
    (
        "timedelta",
        "__abs__ __add__ __bool__ __divmod__ __doc__ __eq__ __floordiv__ __ge__ __getattribute__/-12 __gt__ __hash__ \
         __le__ __lt__ __mod__ __mul__ __ne__ __neg__ __new__ __pos__ __radd__ __rdivmod__ __reduce__ __repr__ \
         __rfloordiv__ __rmod__ __rmul__ __rsub__ __rtruediv__ __str__ __sub__ __truediv__ days max microseconds min \
         resolution seconds total_seconds",
    ),
    ("tzinfo", "__doc__ __getattribute__/-12 __new__ __reduce__ dst fromutc tzname utcoffset"),
    (
        "timezone",
        "__doc__ __eq__ __ge__ __getinitargs__ __gt__ __hash__ __le__ __lt__ __ne__ __new__ __repr__ __str__ dst fromutc \
         max min tzname utc utcoffset",
    ),
];
