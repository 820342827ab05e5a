//! The names in CPython's builtin types, as `vars()` gives them in 3.11 to 3.13.
//!
//! A name that not all versions have is followed by `/` and the first minor version that has it, or `/-` and the last one.

/// By the name of the type.
pub(super) static NAMES: &[(&str, &str)] = &[
    (
        "object",
        "__class__ __delattr__ __dir__ __doc__ __eq__ __format__ __ge__ __getattribute__ __getstate__ __gt__ __hash__ __init__ \
         __init_subclass__ __le__ __lt__ __ne__ __new__ __reduce__ __reduce_ex__ __repr__ __setattr__ __sizeof__ __str__ \
         __subclasshook__",
    ),
    (
        "type",
        "__abstractmethods__ __annotations__ __base__ __bases__ __basicsize__ __call__ __delattr__ __dict__ __dictoffset__ \
         __dir__ __doc__ __flags__ __getattribute__ __init__ __instancecheck__ __itemsize__ __module__ __mro__ __name__ __new__ \
         __or__ __prepare__ __qualname__ __repr__ __ror__ __setattr__ __sizeof__ __subclasscheck__ __subclasses__ \
         __text_signature__ __type_params__/12 __weakrefoffset__ mro",
    ),
    ("NoneType", "__bool__ __doc__ __eq__/12 __ge__/12 __gt__/12 __hash__/12 __le__/12 __lt__/12 __ne__/12 __new__ __repr__"),
    ("ellipsis", "__doc__ __getattribute__/-12 __new__ __reduce__ __repr__"),
    ("docstring", "__get__"),
    (
        "SourceFileLoader",
        "__eq__ __hash__ __init__ _cache_bytecode _check_name contents create_module exec_module files get_code get_data get_filename \
         get_resource_reader get_source is_package is_resource load_module name open_resource path path_mtime path_stats \
         resource_path set_data source_to_code __dict__ __module__",
    ),
    (
        "absent",
        "__bool__ __call__ __contains__ __eq__ __ge__ __getattribute__ __getitem__ __gt__ __hash__ __iter__ __le__ __len__ __lt__ __ne__ __repr__ __setattr__",
    ),
    ("NotImplementedType", "__bool__ __doc__ __new__ __reduce__ __repr__"),
    (
        "int",
        "__abs__ __add__ __and__ __bool__ __ceil__ __divmod__ __doc__ __eq__ __float__ __floor__ __floordiv__ __format__ __ge__ \
         __getattribute__ __getnewargs__ __gt__ __hash__ __index__ __int__ __invert__ __le__ __lshift__ __lt__ __mod__ __mul__ \
         __ne__ __neg__ __new__ __or__ __pos__ __pow__ __radd__ __rand__ __rdivmod__ __repr__ __rfloordiv__ __rlshift__ __rmod__ \
         __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __sizeof__ __sub__ __truediv__ \
         __trunc__ __xor__ as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag is_integer/12 numerator \
         real to_bytes",
    ),
    ("bool", "__and__ __doc__ __invert__/12 __new__ __or__ __rand__ __repr__ __ror__ __rxor__ __xor__"),
    (
        "float",
        "__abs__ __add__ __bool__ __ceil__ __divmod__ __doc__ __eq__ __float__ __floor__ __floordiv__ __format__ __ge__ \
         __getattribute__/-12 __getformat__ __getnewargs__ __gt__ __hash__ __int__ __le__ __lt__ __mod__ __mul__ __ne__ __neg__ \
         __new__ __pos__ __pow__ __radd__ __rdivmod__ __repr__ __rfloordiv__ __rmod__ __rmul__ __round__ __rpow__ __rsub__ \
         __rtruediv__ __sub__ __truediv__ __trunc__ as_integer_ratio conjugate fromhex hex imag is_integer real",
    ),
    (
        "str",
        "__add__ __contains__ __doc__ __eq__ __format__ __ge__ __getattribute__/-12 __getitem__ __getnewargs__ __gt__ __hash__ \
         __iter__ __le__ __len__ __lt__ __mod__ __mul__ __ne__ __new__ __repr__ __rmod__ __rmul__ __sizeof__ __str__ capitalize \
         casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal isdigit \
         isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition \
         removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase \
         title translate upper zfill",
    ),
    (
        "bytes",
        "__add__ __buffer__/12 __bytes__ __contains__ __doc__ __eq__ __ge__ __getattribute__ __getitem__ __getnewargs__ __gt__ \
         __hash__ __iter__ __le__ __len__ __lt__ __mod__ __mul__ __ne__ __new__ __repr__ __rmod__ __rmul__ __str__ capitalize \
         center count decode endswith expandtabs find fromhex hex index isalnum isalpha isascii isdigit islower isspace istitle \
         isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex rjust rpartition \
         rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill",
    ),
    (
        "tuple",
        "__add__ __class_getitem__ __contains__ __doc__ __eq__ __ge__ __getattribute__ __getitem__ __getnewargs__ __gt__ __hash__ \
         __iter__ __le__ __len__ __lt__ __mul__ __ne__ __new__ __repr__ __rmul__ count index",
    ),
    (
        "list",
        "__add__ __class_getitem__ __contains__ __delitem__ __doc__ __eq__ __ge__ __getattribute__ __getitem__ __gt__ __hash__ \
         __iadd__ __imul__ __init__ __iter__ __le__ __len__ __lt__ __mul__ __ne__ __new__ __repr__ __reversed__ __rmul__ \
         __setitem__ __sizeof__ append clear copy count extend index insert pop remove reverse sort",
    ),
    (
        "dict",
        "__class_getitem__ __contains__ __delitem__ __doc__ __eq__ __ge__ __getattribute__ __getitem__ __gt__ __hash__ __init__ \
         __ior__ __iter__ __le__ __len__ __lt__ __ne__ __new__ __or__ __repr__ __reversed__ __ror__ __setitem__ __sizeof__ clear \
         copy fromkeys get items keys pop popitem setdefault update values",
    ),
    (
        "set",
        "__and__ __class_getitem__ __contains__ __doc__ __eq__ __ge__ __getattribute__ __gt__ __hash__ __iand__ __init__ __ior__ \
         __isub__ __iter__ __ixor__ __le__ __len__ __lt__ __ne__ __new__ __or__ __rand__ __reduce__ __repr__ __ror__ __rsub__ \
         __rxor__ __sizeof__ __sub__ __xor__ add clear copy difference difference_update discard intersection intersection_update \
         isdisjoint issubset issuperset pop remove symmetric_difference symmetric_difference_update union update",
    ),
    (
        "frozenset",
        "__and__ __class_getitem__ __contains__ __doc__ __eq__ __ge__ __getattribute__/-12 __gt__ __hash__ __iter__ __le__ \
         __len__ __lt__ __ne__ __new__ __or__ __rand__ __reduce__ __repr__ __ror__ __rsub__ __rxor__ __sizeof__ __sub__ __xor__ \
         copy difference intersection isdisjoint issubset issuperset symmetric_difference union",
    ),
    (
        "range",
        "__bool__ __contains__ __doc__ __eq__ __ge__ __getattribute__ __getitem__ __gt__ __hash__ __iter__ __le__ __len__ __lt__ \
         __ne__ __new__ __reduce__ __repr__ __reversed__ count index start step stop",
    ),
    (
        "slice",
        "__doc__ __eq__ __ge__ __getattribute__ __gt__ __hash__ __le__ __lt__ __ne__ __new__ __reduce__ __repr__ indices start \
         step stop",
    ),
    (
        "function",
        "__annotations__ __builtins__ __call__ __closure__ __code__ __defaults__ __dict__ __doc__ __get__ __globals__ \
         __kwdefaults__ __module__ __name__ __new__ __qualname__ __repr__ __type_params__/12",
    ),
    (
        "method",
        "__call__ __delattr__/-12 __doc__ __eq__ __func__ __ge__ __get__/13 __getattribute__ __gt__ __hash__ __le__ __lt__ __ne__ \
         __new__ __reduce__ __repr__ __self__ __setattr__/-12",
    ),
    ("builtin_method", "__doc__"),
    (
        "builtin_function_or_method",
        "__call__ __doc__ __eq__ __ge__ __getattribute__/-12 __gt__ __hash__ __le__ __lt__ __module__ __name__ __ne__ \
         __qualname__ __reduce__ __repr__ __self__ __text_signature__",
    ),
    (
        "method_descriptor",
        "__call__ __doc__ __get__ __getattribute__/-12 __name__ __objclass__ __qualname__ __reduce__ __repr__ __text_signature__",
    ),
    (
        "classmethod_descriptor",
        "__call__ __doc__ __get__ __getattribute__/-12 __name__ __objclass__ __qualname__ __repr__ __text_signature__",
    ),
    (
        "wrapper_descriptor",
        "__call__ __doc__ __get__ __getattribute__/-12 __name__ __objclass__ __qualname__ __reduce__ __repr__ __text_signature__",
    ),
    (
        "method-wrapper",
        "__call__ __doc__ __eq__ __ge__ __getattribute__/-12 __gt__ __hash__ __le__ __lt__ __name__ __ne__ __objclass__ \
         __qualname__ __reduce__ __repr__ __self__ __text_signature__",
    ),
    ("getset_descriptor", "__delete__ __doc__ __get__ __getattribute__/-12 __name__ __objclass__ __qualname__ __repr__ __set__"),
    (
        "member_descriptor",
        "__delete__ __doc__ __get__ __getattribute__/-12 __name__ __objclass__ __qualname__ __reduce__ __repr__ __set__",
    ),
    (
        "mappingproxy",
        "__class_getitem__ __contains__ __doc__ __eq__ __ge__ __getattribute__/-12 __getitem__ __gt__ __hash__ __ior__ __iter__ \
         __le__ __len__ __lt__ __ne__ __new__ __or__ __repr__ __reversed__ __ror__ __str__ copy get items keys values",
    ),
    ("classmethod", "__dict__ __doc__ __func__ __get__ __init__ __isabstractmethod__ __new__ __repr__ __wrapped__"),
    ("staticmethod", "__call__ __dict__ __doc__ __func__ __get__ __init__ __isabstractmethod__ __new__ __repr__ __wrapped__"),
    (
        "property",
        "__delete__ __doc__ __get__ __getattribute__ __init__ __isabstractmethod__ __name__/13 __new__ __set__ __set_name__ \
         deleter fdel fget fset getter setter",
    ),
    ("super", "__doc__ __get__ __getattribute__ __init__ __new__ __repr__ __self__ __self_class__ __thisclass__"),
    ("cell", "__doc__ __eq__ __ge__ __getattribute__/-12 __gt__ __hash__ __le__ __lt__ __ne__ __new__ __repr__ cell_contents"),
    (
        "code",
        "__doc__ __eq__ __ge__ __getattribute__/-12 __gt__ __hash__ __le__ __lt__ __ne__ __new__ __replace__/13 __repr__ \
         __sizeof__ _co_code_adaptive _varname_from_oparg co_argcount co_cellvars co_code co_consts co_exceptiontable co_filename \
         co_firstlineno co_flags co_freevars co_kwonlyargcount co_lines co_linetable co_lnotab co_name co_names co_nlocals \
         co_positions co_posonlyargcount co_qualname co_stacksize co_varnames replace",
    ),
    (
        "frame",
        "__delattr__/-12 __doc__ __getattribute__/-12 __repr__ __setattr__/-12 __sizeof__ clear f_back f_builtins f_code \
         f_globals f_lasti f_lineno f_locals f_trace f_trace_lines f_trace_opcodes",
    ),
    ("traceback", "__dir__ __doc__ __getattribute__/-12 __new__ tb_frame tb_lasti tb_lineno tb_next"),
    (
        "generator",
        "__class_getitem__/13 __del__ __doc__ __getattribute__/-12 __iter__ __name__ __next__ __qualname__ __repr__ __sizeof__ \
         close gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw",
    ),
    (
        "coroutine",
        "__await__ __class_getitem__/13 __del__ __doc__ __getattribute__/-12 __name__ __qualname__ __repr__ __sizeof__ close \
         cr_await cr_code cr_frame cr_origin cr_running cr_suspended send throw",
    ),
    (
        "async_generator",
        "__aiter__ __anext__ __class_getitem__ __del__ __doc__ __getattribute__/-12 __name__ __qualname__ __repr__ __sizeof__ \
         aclose ag_await ag_code ag_frame ag_running ag_suspended/12 asend athrow",
    ),
    (
        "module",
        "__annotations__ __delattr__/-12 __dict__ __dir__ __doc__ __getattribute__ __init__ __new__ __repr__ __setattr__/-12",
    ),
    (
        "ReferenceType",
        "__call__ __callback__ __class_getitem__ __doc__ __eq__ __ge__ __gt__ __hash__ __init__ __le__ __lt__ __ne__ __new__ \
         __repr__",
    ),
    (
        "GenericAlias",
        "__args__ __call__ __dir__ __doc__ __eq__ __ge__ __getattribute__ __getitem__ __gt__ __hash__ __instancecheck__ __iter__ \
         __le__ __lt__ __mro_entries__ __ne__ __new__ __or__ __origin__ __parameters__ __reduce__ __repr__ __ror__ \
         __subclasscheck__ __typing_unpacked_tuple_args__ __unpacked__",
    ),
    ("generic_alias_iterator", "__doc__ __iter__ __next__ __reduce__"),
    (
        "UnionType",
        "__args__ __doc__ __eq__ __ge__ __getattribute__ __getitem__ __gt__ __hash__ __le__ __lt__ __ne__ __or__ __parameters__ \
         __repr__ __ror__",
    ),
    ("range_iterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__ __setstate__"),
    ("longrange_iterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__ __setstate__"),
    ("coroutine_wrapper", "__doc__ __getattribute__/-12 __iter__ __next__ close send throw"),
    ("anext_awaitable", "__await__ __doc__ __getattribute__/-12 __iter__ __next__ close send throw"),
    (
        "TypeVar",
        "__bound__/12 __constraints__/12 __contravariant__/12 __covariant__/12 __default__/13 __dict__/-11 __doc__ \
         __infer_variance__/12 __init__/-11 __module__ __mro_entries__/12 __name__/12 __new__/12 __or__/12 __reduce__/12 \
         __repr__/12 __ror__/12 __typing_prepare_subst__/13 __typing_subst__ has_default/13",
    ),
    (
        "ParamSpec",
        "__bound__/12 __contravariant__/12 __covariant__/12 __default__/13 __dict__/-11 __doc__ __infer_variance__/12 \
         __init__/-11 __module__ __mro_entries__/12 __name__/12 __new__/12 __or__/12 __reduce__/12 __repr__/12 __ror__/12 \
         __typing_prepare_subst__ __typing_subst__ args has_default/13 kwargs",
    ),
    (
        "TypeVarTuple",
        "__default__/13 __dict__/-11 __doc__ __init__/-11 __iter__ __module__ __mro_entries__/12 __name__/12 __new__/12 \
         __reduce__/12 __repr__ __typing_prepare_subst__ __typing_subst__ has_default/13",
    ),
    (
        "ParamSpecArgs",
        "__dict__/-11 __doc__ __eq__ __ge__/12 __gt__/12 __hash__ __init__/-11 __le__/12 __lt__/12 __module__ \
         __mro_entries__/12 __ne__/12 __new__/12 __origin__/12 __repr__",
    ),
    (
        "ParamSpecKwargs",
        "__dict__/-11 __doc__ __eq__ __ge__/12 __gt__/12 __hash__ __init__/-11 __le__/12 __lt__/12 __module__ \
         __mro_entries__/12 __ne__/12 __new__/12 __origin__/12 __repr__",
    ),
    ("Generic", "__class_getitem__ __doc__ __init_subclass__ __module__ __slots__/-11 _is_protocol/-11"),
    (
        "TypeAliasType",
        "__doc__/12 __getitem__/12 __module__/12 __name__/12 __new__/12 __or__/12 __parameters__/12 __reduce__/12 __repr__/12 \
         __ror__/12 __type_params__/12 __value__/12",
    ),
    ("NoDefaultType", "__doc__/13 __new__/13 __reduce__/13 __repr__/13"),
    (
        "FrameLocalsProxy",
        "__contains__/13 __delitem__/13 __doc__/13 __eq__/13 __ge__/13 __getitem__/13 __gt__/13 __hash__/13 __ior__/13 \
         __iter__/13 __le__/13 __len__/13 __lt__/13 __ne__/13 __new__/13 __or__/13 __repr__/13 __reversed__/13 __ror__/13 \
         __setitem__/13 copy/13 get/13 items/13 keys/13 setdefault/13 update/13 values/13",
    ),
    ("async_generator_asend", "__await__ __del__/13 __doc__ __getattribute__/-12 __iter__ __next__ close send throw"),
    ("async_generator_athrow", "__await__ __del__/13 __doc__ __getattribute__/-12 __iter__ __next__ close send throw"),
    ("async_generator_wrapped_value", "__doc__ __getattribute__/-12"),
    ("list_iterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__ __setstate__"),
    ("list_reverseiterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__ __setstate__"),
    ("tuple_iterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__ __setstate__"),
    ("str_iterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__ __setstate__"),
    ("str_ascii_iterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__ __setstate__"),
    ("set_iterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__"),
    (
        "dict_keys",
        "__and__ __contains__ __doc__ __eq__ __ge__ __getattribute__/-12 __gt__ __hash__ __iter__ __le__ __len__ __lt__ __ne__ \
         __or__ __rand__ __repr__ __reversed__ __ror__ __rsub__ __rxor__ __sub__ __xor__ isdisjoint mapping",
    ),
    ("dict_values", "__doc__ __getattribute__/-12 __iter__ __len__ __repr__ __reversed__ mapping"),
    (
        "dict_items",
        "__and__ __contains__ __doc__ __eq__ __ge__ __getattribute__/-12 __gt__ __hash__ __iter__ __le__ __len__ __lt__ __ne__ \
         __or__ __rand__ __repr__ __reversed__ __ror__ __rsub__ __rxor__ __sub__ __xor__ isdisjoint mapping",
    ),
    ("dict_keyiterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__"),
    ("dict_valueiterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__"),
    ("dict_itemiterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__"),
    ("dict_reversekeyiterator", "__doc__ __iter__ __length_hint__ __next__ __reduce__"),
    ("dict_reversevalueiterator", "__doc__ __iter__ __length_hint__ __next__ __reduce__"),
    ("dict_reverseitemiterator", "__doc__ __iter__ __length_hint__ __next__ __reduce__"),
    ("iterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__ __setstate__"),
    ("callable_iterator", "__doc__ __getattribute__/-12 __iter__ __next__ __reduce__"),
    ("enumerate", "__class_getitem__ __doc__ __getattribute__ __iter__ __new__ __next__ __reduce__"),
    ("zip", "__doc__ __getattribute__ __iter__ __new__ __next__ __reduce__ __setstate__"),
    ("map", "__doc__ __getattribute__ __iter__ __new__ __next__ __reduce__"),
    ("filter", "__doc__ __getattribute__ __iter__ __new__ __next__ __reduce__"),
    ("reversed", "__doc__ __getattribute__ __iter__ __length_hint__ __new__ __next__ __reduce__ __setstate__"),
    ("managedbuffer", "__doc__"),
    ("memory_iterator", "__doc__ __getattribute__/-12 __iter__ __next__"),
    ("bytearray_iterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__ __setstate__"),
    ("bytes_iterator", "__doc__ __getattribute__/-12 __iter__ __length_hint__ __next__ __reduce__ __setstate__"),
    (
        "complex",
        "__abs__ __add__ __bool__ __complex__ __doc__ __eq__ __format__ __ge__ __getattribute__ __getnewargs__ __gt__ __hash__ \
         __le__ __lt__ __mul__ __ne__ __neg__ __new__ __pos__ __pow__ __radd__ __repr__ __rmul__ __rpow__ __rsub__ __rtruediv__ \
         __sub__ __truediv__ conjugate imag real",
    ),
    (
        "bytearray",
        "__add__ __alloc__ __buffer__/12 __contains__ __delitem__ __doc__ __eq__ __ge__ __getattribute__ __getitem__ __gt__ \
         __hash__ __iadd__ __imul__ __init__ __iter__ __le__ __len__ __lt__ __mod__ __mul__ __ne__ __new__ __reduce__ \
         __reduce_ex__ __release_buffer__/12 __repr__ __rmod__ __rmul__ __setitem__ __sizeof__ __str__ append capitalize center \
         clear copy count decode endswith expandtabs extend find fromhex hex index insert isalnum isalpha isascii isdigit islower \
         isspace istitle isupper join ljust lower lstrip maketrans partition pop remove removeprefix removesuffix replace reverse \
         rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill",
    ),
    (
        "memoryview",
        "__buffer__/12 __delitem__ __doc__ __enter__ __eq__ __exit__ __ge__ __getattribute__ __getitem__ __gt__ __hash__ __iter__ \
         __le__ __len__ __lt__ __ne__ __new__ __release_buffer__/12 __repr__ __setitem__ _from_flags/12 c_contiguous cast \
         contiguous f_contiguous format hex itemsize nbytes ndim obj readonly release shape strides suboffsets tobytes tolist \
         toreadonly",
    ),
    (
        "BaseException",
        "__cause__ __context__ __delattr__/-12 __dict__ __doc__ __getattribute__ __init__ __new__ __reduce__ __repr__ \
         __setattr__/-12 __setstate__ __str__ __suppress_context__ __traceback__ add_note args with_traceback",
    ),
    ("BaseExceptionGroup", "__class_getitem__ __doc__ __init__ __new__ __str__ derive exceptions message split subgroup"),
    ("Exception", "__doc__ __init__ __new__"),
    ("GeneratorExit", "__doc__ __init__ __new__"),
    ("KeyboardInterrupt", "__doc__ __init__ __new__"),
    ("SystemExit", "__doc__ __init__ code"),
    ("ArithmeticError", "__doc__ __init__ __new__"),
    ("AssertionError", "__doc__ __init__ __new__"),
    ("AttributeError", "__doc__ __getstate__/12 __init__ __reduce__/12 __str__ name obj"),
    ("BufferError", "__doc__ __init__ __new__"),
    (
        "ModuleSpec",
        "__doc__ __eq__ __init__ __module__ __repr__ __weakref__ __dict__ cached has_location loader loader_state name \
         origin parent submodule_search_locations",
    ),
    ("EOFError", "__doc__ __init__ __new__"),
    ("ImportError", "__doc__ __init__ __reduce__ __str__ msg name name_from/12 path"),
    ("LookupError", "__doc__ __init__ __new__"),
    ("MemoryError", "__doc__ __init__ __new__"),
    ("NameError", "__doc__ __init__ __str__ name"),
    ("OSError", "__doc__ __init__ __new__ __reduce__ __str__ characters_written errno filename filename2 strerror"),
    ("ReferenceError", "__doc__ __init__ __new__"),
    ("RuntimeError", "__doc__ __init__ __new__"),
    ("StopAsyncIteration", "__doc__ __init__ __new__"),
    ("StopIteration", "__doc__ __init__ value"),
    ("SyntaxError", "__doc__ __init__ __str__ end_lineno end_offset filename lineno msg offset print_file_and_line text"),
    ("SystemError", "__doc__ __init__ __new__"),
    ("TypeError", "__doc__ __init__ __new__"),
    ("ValueError", "__doc__ __init__ __new__"),
    ("Warning", "__doc__ __init__ __new__"),
    ("FloatingPointError", "__doc__ __init__ __new__"),
    ("OverflowError", "__doc__ __init__ __new__"),
    ("ZeroDivisionError", "__doc__ __init__ __new__"),
    ("BytesWarning", "__doc__ __init__ __new__"),
    ("DeprecationWarning", "__doc__ __init__ __new__"),
    ("EncodingWarning", "__doc__ __init__ __new__"),
    ("FutureWarning", "__doc__ __init__ __new__"),
    ("ImportWarning", "__doc__ __init__ __new__"),
    ("PendingDeprecationWarning", "__doc__ __init__ __new__"),
    ("ResourceWarning", "__doc__ __init__ __new__"),
    ("RuntimeWarning", "__doc__ __init__ __new__"),
    ("SyntaxWarning", "__doc__ __init__ __new__"),
    ("UnicodeWarning", "__doc__ __init__ __new__"),
    ("UserWarning", "__doc__ __init__ __new__"),
    ("BlockingIOError", "__doc__ __init__"),
    ("ChildProcessError", "__doc__ __init__"),
    ("ConnectionError", "__doc__ __init__"),
    ("FileExistsError", "__doc__ __init__"),
    ("FileNotFoundError", "__doc__ __init__"),
    ("InterruptedError", "__doc__ __init__"),
    ("IsADirectoryError", "__doc__ __init__"),
    ("NotADirectoryError", "__doc__ __init__"),
    ("PermissionError", "__doc__ __init__"),
    ("ProcessLookupError", "__doc__ __init__"),
    ("TimeoutError", "__doc__ __init__"),
    ("IndentationError", "__doc__ __init__"),
    ("IndexError", "__doc__ __init__ __new__"),
    ("KeyError", "__doc__ __init__ __str__"),
    ("ModuleNotFoundError", "__doc__ __init__"),
    ("NotImplementedError", "__doc__ __init__ __new__"),
    ("RecursionError", "__doc__ __init__ __new__"),
    ("UnboundLocalError", "__doc__ __init__"),
    ("UnicodeError", "__doc__ __init__ __new__"),
    ("BrokenPipeError", "__doc__ __init__"),
    ("ConnectionAbortedError", "__doc__ __init__"),
    ("ConnectionRefusedError", "__doc__ __init__"),
    ("ConnectionResetError", "__doc__ __init__"),
    ("TabError", "__doc__ __init__"),
    ("UnicodeDecodeError", "__doc__ __init__ __new__ __str__ encoding end object reason start"),
    ("UnicodeEncodeError", "__doc__ __init__ __new__ __str__ encoding end object reason start"),
    ("UnicodeTranslateError", "__doc__ __init__ __new__ __str__ encoding end object reason start"),
    ("ExceptionGroup", "__doc__ __module__ __weakref__"),
    ("_IncompleteInputError", "__doc__/13 __init__/13"),
    ("PythonFinalizationError", "__doc__/13 __init__/13 __new__/13"),
    (
        "version_info",
        "__doc__ __match_args__ __reduce__ __replace__/13 __repr__ major micro minor n_fields n_sequence_fields \
         n_unnamed_fields releaselevel serial",
    ),
    (
        "flags",
        "__doc__ __match_args__ __reduce__ __replace__/13 __repr__ bytes_warning debug dev_mode dont_write_bytecode gil/13 \
         hash_randomization ignore_environment inspect int_max_str_digits interactive isolated n_fields n_sequence_fields \
         n_unnamed_fields no_site no_user_site optimize quiet safe_path utf8_mode verbose warn_default_encoding",
    ),
    (
        "float_info",
        "__doc__ __match_args__ __new__ __reduce__ __replace__/13 __repr__ dig epsilon mant_dig max max_10_exp max_exp min \
         min_10_exp min_exp n_fields n_sequence_fields n_unnamed_fields radix rounds",
    ),
    (
        "int_info",
        "__doc__ __match_args__ __new__ __reduce__ __replace__/13 __repr__ bits_per_digit default_max_str_digits n_fields \
         n_sequence_fields n_unnamed_fields sizeof_digit str_digits_check_threshold",
    ),
    (
        "hash_info",
        "__doc__ __match_args__ __new__ __reduce__ __replace__/13 __repr__ algorithm cutoff hash_bits imag inf modulus n_fields \
         n_sequence_fields n_unnamed_fields nan seed_bits width",
    ),
    (
        "thread_info",
        "__doc__ __match_args__ __new__ __reduce__ __replace__/13 __repr__ lock n_fields n_sequence_fields n_unnamed_fields \
         name version",
    ),
    (
        "asyncgen_hooks",
        "__doc__ __match_args__ __new__ __reduce__ __replace__/13 __repr__ finalizer firstiter n_fields n_sequence_fields \
         n_unnamed_fields",
    ),
    (
        "UnraisableHookArgs",
        "__doc__ __match_args__ __new__ __reduce__ __replace__/13 __repr__ err_msg exc_traceback exc_type exc_value n_fields \
         n_sequence_fields n_unnamed_fields object",
    ),
    ("Random", "__doc__ __init__ __module__ __new__ getrandbits getstate random seed setstate"),
    (
        "Pattern",
        "__class_getitem__ __copy__ __deepcopy__ __doc__ __eq__ __ge__ __gt__ __hash__ __le__ __lt__ __module__ __ne__ \
         __repr__ findall finditer flags fullmatch groupindex groups match pattern scanner search split sub subn",
    ),
    (
        "Match",
        "__class_getitem__ __copy__ __deepcopy__ __doc__ __getitem__ __module__ __repr__ end endpos expand group groupdict \
         groups lastgroup lastindex pos re regs span start string",
    ),
    ("SRE_Scanner", "__doc__ __module__ match pattern search"),
    ("SRE_Template", "__module__"),
    (
        "SimpleNamespace",
        "__delattr__/-12 __dict__ __doc__ __eq__ __ge__ __getattribute__/-12 __gt__ __hash__ __init__ __le__ __lt__ __ne__ \
         __new__ __reduce__ __replace__/13 __repr__ __setattr__/-12",
    ),
    (
        "DirEntry",
        "__class_getitem__ __doc__ __fspath__ __module__ __repr__ inode is_dir is_file is_junction/12 is_symlink name path \
         stat",
    ),
    (
        "statvfs_result",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ f_bavail f_bfree f_blocks f_bsize \
         f_favail f_ffree f_files f_flag f_frsize f_fsid f_namemax n_fields n_sequence_fields n_unnamed_fields",
    ),
    (
        "times_result",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ children_system children_user elapsed \
         n_fields n_sequence_fields n_unnamed_fields system user",
    ),
    (
        "uname_result",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ machine n_fields n_sequence_fields \
         n_unnamed_fields nodename release sysname version",
    ),
    (
        "sched_param",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ n_fields n_sequence_fields \
         n_unnamed_fields sched_priority",
    ),
    (
        "waitid_result",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ n_fields n_sequence_fields \
         n_unnamed_fields si_code si_pid si_signo si_status si_uid",
    ),
    (
        "stat_result",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ n_fields n_sequence_fields \
         n_unnamed_fields st_atime st_atime_ns st_blksize st_blocks st_ctime st_ctime_ns st_dev st_gid st_ino st_mode \
         st_mtime st_mtime_ns st_nlink st_rdev st_size st_uid",
    ),
    (
        "struct_siginfo",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ n_fields n_sequence_fields \
         n_unnamed_fields si_band si_code si_errno si_pid si_signo si_status si_uid",
    ),
    (
        "epoll",
        "__doc__ __enter__ __exit__ __getattribute__ __module__ __new__ close closed fileno fromfd modify poll register \
         unregister",
    ),
    (
        "struct_passwd",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ n_fields n_sequence_fields \
         n_unnamed_fields pw_dir pw_gecos pw_gid pw_name pw_passwd pw_shell pw_uid",
    ),
    (
        "struct_group",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ gr_gid gr_mem gr_name gr_passwd \
         n_fields n_sequence_fields n_unnamed_fields",
    ),
    (
        "struct_rusage",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ n_fields n_sequence_fields \
         n_unnamed_fields ru_idrss ru_inblock ru_isrss ru_ixrss ru_majflt ru_maxrss ru_minflt ru_msgrcv ru_msgsnd ru_nivcsw \
         ru_nsignals ru_nswap ru_nvcsw ru_oublock ru_stime ru_utime",
    ),
    ("TokenizerIter", "__doc__ __getattribute__ __iter__ __module__ __new__ __next__"),
    (
        "Decimal",
        "__abs__ __add__ __bool__ __ceil__ __complex__ __copy__ __deepcopy__ __divmod__ __doc__ __eq__ __float__ __floor__ \
         __floordiv__ __format__ __ge__ __getattribute__ __gt__ __hash__ __int__ __le__ __lt__ __mod__ __module__ __mul__ \
         __ne__ __neg__ __new__ __pos__ __pow__ __radd__ __rdivmod__ __reduce__ __repr__ __rfloordiv__ __rmod__ __rmul__ \
         __round__ __rpow__ __rsub__ __rtruediv__ __sizeof__ __str__ __sub__ __truediv__ __trunc__ adjusted as_integer_ratio \
         as_tuple canonical compare compare_signal compare_total compare_total_mag conjugate copy_abs copy_negate copy_sign \
         exp fma from_float imag is_canonical is_finite is_infinite is_nan is_normal is_qnan is_signed is_snan is_subnormal \
         is_zero ln log10 logb logical_and logical_invert logical_or logical_xor max max_mag min min_mag next_minus next_plus \
         next_toward normalize number_class quantize radix real remainder_near rotate same_quantum scaleb shift sqrt \
         to_eng_string to_integral to_integral_exact to_integral_value",
    ),
    (
        "Context",
        "Emax Emin Etiny Etop __copy__ __delattr__ __doc__ __getattribute__ __init__ __module__ __new__ __reduce__ __repr__ \
         __setattr__ _apply abs add canonical capitals clamp clear_flags clear_traps compare compare_signal compare_total \
         compare_total_mag copy copy_abs copy_decimal copy_negate copy_sign create_decimal create_decimal_from_float divide \
         divide_int divmod exp fma is_canonical is_finite is_infinite is_nan is_normal is_qnan is_signed is_snan is_subnormal \
         is_zero ln log10 logb logical_and logical_invert logical_or logical_xor max max_mag min min_mag minus multiply \
         next_minus next_plus next_toward normalize number_class plus power prec quantize radix remainder remainder_near \
         rotate rounding same_quantum scaleb shift sqrt subtract to_eng_string to_integral to_integral_exact \
         to_integral_value to_sci_string",
    ),
    ("_local", "__delattr__ __doc__ __getattribute__ __new__ __setattr__"),
    (
        "_ExceptHookArgs",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ exc_traceback exc_type exc_value \
         n_fields n_sequence_fields n_unnamed_fields thread",
    ),
    (
        "AST",
        "__delattr__ __dict__ __doc__ __getattribute__ __init__ __match_args__ __module__ __new__ __reduce__ __setattr__ \
         _attributes _fields",
    ),
    (
        "terminal_size",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ columns lines n_fields \
         n_sequence_fields n_unnamed_fields",
    ),
    (
        "lock",
        "__doc__ __enter__ __exit__ __new__/13 __repr__ _at_fork_reinit acquire acquire_lock locked locked_lock release \
         release_lock",
    ),
    (
        "RLock",
        "__doc__ __enter__ __exit__ __new__ __repr__ _acquire_restore _at_fork_reinit _is_owned _recursion_count _release_save \
         acquire release",
    ),
    (
        "_IOBase",
        "__del__ __dict__ __doc__ __enter__ __exit__ __iter__ __module__/12 __next__ _checkClosed _checkReadable \
         _checkSeekable _checkWritable close closed fileno flush isatty readable readline readlines seek seekable tell \
         truncate writable writelines",
    ),
    ("_RawIOBase", "__doc__ __module__/12 read readall readinto write"),
    ("_BufferedIOBase", "__doc__ __module__/12 detach read read1 readinto readinto1 write"),
    ("_TextIOBase", "__doc__ __module__/12 detach encoding errors newlines read readline write"),
    (
        "FileIO",
        "__doc__ __getattribute__/-11 __init__ __module__/12 __new__ __reduce__/12 __reduce_ex__/12 __repr__ _blksize \
         _dealloc_warn _finalizing close closed closefd fileno isatty mode read readable readall readinto seek seekable tell \
         truncate writable write",
    ),
    (
        "BytesIO",
        "__doc__ __getstate__ __init__ __iter__ __module__/12 __new__ __next__ __setstate__ __sizeof__ close closed flush \
         getbuffer getvalue isatty read read1 readable readinto readline readlines seek seekable tell truncate writable write \
         writelines",
    ),
    (
        "StringIO",
        "__doc__ __getstate__ __init__ __module__/12 __new__ __next__ __setstate__ close closed getvalue line_buffering \
         newlines read readable readline seek seekable tell truncate writable write",
    ),
    (
        "BufferedReader",
        "__doc__ __init__ __module__/12 __next__ __reduce__/12 __reduce_ex__/12 __repr__ __sizeof__ _dealloc_warn _finalizing \
         close closed detach fileno flush isatty mode name peek raw read read1 readable readinto readinto1 readline seek \
         seekable tell truncate",
    ),
    (
        "BufferedWriter",
        "__doc__ __init__ __module__/12 __reduce__/12 __reduce_ex__/12 __repr__ __sizeof__ _dealloc_warn _finalizing close \
         closed detach fileno flush isatty mode name raw seek seekable tell truncate writable write",
    ),
    (
        "BufferedRandom",
        "__doc__ __init__ __module__/12 __next__ __reduce__/12 __reduce_ex__/12 __repr__ __sizeof__ _dealloc_warn _finalizing \
         close closed detach fileno flush isatty mode name peek raw read read1 readable readinto readinto1 readline seek \
         seekable tell truncate writable write",
    ),
    (
        "BufferedRWPair",
        "__doc__ __init__ __module__/12 close closed flush isatty peek read read1 readable readinto readinto1 writable write",
    ),
    (
        "TextIOWrapper",
        "_CHUNK_SIZE __doc__ __init__ __module__/12 __next__ __reduce__/12 __reduce_ex__/12 __repr__ _finalizing buffer close \
         closed detach encoding errors fileno flush isatty line_buffering name newlines read readable readline reconfigure \
         seek seekable tell truncate writable write write_through",
    ),
    ("IncrementalNewlineDecoder", "__doc__ __init__ __module__/12 decode getstate newlines reset setstate"),
    ("formatteriterator", "__doc__ __iter__ __next__"),
    ("fieldnameiterator", "__doc__ __iter__ __next__"),
    (
        "struct_time",
        "__doc__ __match_args__ __module__ __new__ __reduce__ __replace__/13 __repr__ n_fields n_sequence_fields \
         n_unnamed_fields tm_gmtoff tm_hour tm_isdst tm_mday tm_min tm_mon tm_sec tm_wday tm_yday tm_year tm_zone",
    ),
    (
        "Struct",
        "__delattr__ __doc__ __getattribute__ __init__ __module__ __new__ __repr__/13 __setattr__ __sizeof__ format \
         iter_unpack pack pack_into size unpack unpack_from",
    ),
    ("unpack_iterator", "__doc__ __getattribute__ __iter__ __length_hint__ __module__ __new__/-11 __next__"),
    ("error", "__module__ __weakref__ __doc__"),
    (
        "blake2b",
        "MAX_DIGEST_SIZE MAX_KEY_SIZE PERSON_SIZE SALT_SIZE __doc__ __module__ __new__ block_size copy digest digest_size \
         hexdigest name update",
    ),
    (
        "blake2s",
        "MAX_DIGEST_SIZE MAX_KEY_SIZE PERSON_SIZE SALT_SIZE __doc__ __module__ __new__ block_size copy digest digest_size \
         hexdigest name update",
    ),
    (
        "shake_128",
        "__doc__ __module__ __new__ _capacity_bits _rate_bits _suffix block_size copy digest digest_size hexdigest name \
         update",
    ),
    (
        "shake_256",
        "__doc__ __module__ __new__ _capacity_bits _rate_bits _suffix block_size copy digest digest_size hexdigest name \
         update",
    ),
    (
        "sha3_224",
        "__doc__ __module__ __new__ _capacity_bits _rate_bits _suffix block_size copy digest digest_size hexdigest name \
         update",
    ),
    (
        "sha3_256",
        "__doc__ __module__ __new__ _capacity_bits _rate_bits _suffix block_size copy digest digest_size hexdigest name \
         update",
    ),
    (
        "sha3_384",
        "__doc__ __module__ __new__ _capacity_bits _rate_bits _suffix block_size copy digest digest_size hexdigest name \
         update",
    ),
    (
        "sha3_512",
        "__doc__ __module__ __new__ _capacity_bits _rate_bits _suffix block_size copy digest digest_size hexdigest name \
         update",
    ),
    ("HMAC", "__doc__ __module__ __repr__ block_size copy digest digest_size hexdigest name update"),
    ("HASH", "__doc__ __module__ __repr__ block_size copy digest digest_size hexdigest name update"),
    ("Error", "__doc__ __module__ __weakref__"),
    ("Incomplete", "__doc__ __module__ __weakref__"),
    ("HASHXOF", "__doc__ __module__ digest digest_size hexdigest"),
    ("BZ2Compressor", "__doc__ __init__/-11 __module__ __new__ compress flush"),
    ("BZ2Decompressor", "__doc__ __init__/-11 __module__ __new__ decompress eof needs_input unused_data"),
    ("LZMACompressor", "__doc__ __init__/-11 __module__ __new__ compress flush"),
    ("LZMADecompressor", "__doc__ __init__/-11 __module__ __new__ check decompress eof needs_input unused_data"),
    ("_ThreadHandle", "__doc__/13/13 __module__ __new__/13 __repr__/13 _set_done/13 ident/13 is_done/13 join/13"),
    ("Scanner", "__call__ __doc__ __module__ __new__ object_hook object_pairs_hook parse_constant parse_float parse_int strict"),
    (
        "Encoder",
        "__call__ __doc__ __module__ __new__ default encoder indent item_separator key_separator markers skipkeys sort_keys",
    ),
    ("SimpleQueue", "__class_getitem__ __doc__ __new__ empty get get_nowait put put_nowait qsize"),
    ("EncodingMap", "__doc__ size"),
    ("Empty", "__doc__ __module__ __weakref__"),
];
