//! The names in CPython's modules, as `vars()` gives them in 3.11 to 3.13.
//!
//! A name that not all versions have is followed by `/` and the first minor version that has it, or `/-` and the last one.

/// By the name of the module.
pub(super) static NAMES: &[(&str, &str)] = &[
    (
        "sys",
        "__breakpointhook__ __displayhook__ __doc__ __excepthook__ __loader__ __name__ __package__ __spec__ __stderr__ __stdin__ \
         __stdout__ __unraisablehook__ _base_executable _baserepl/13 _clear_internal_caches/13 _clear_type_cache \
         _current_exceptions _current_frames _debugmallocstats _framework _get_cpu_count_config/13 _getframe \
         _getframemodulename/12 _getquickenedcount/-11 _git _is_gil_enabled/13 _is_interned/13 _setprofileallthreads/12 \
         _settraceallthreads/12 _stdlib_dir _xoptions abiflags activate_stack_trampoline/12 addaudithook api_version argv audit \
         base_exec_prefix base_prefix breakpointhook builtin_module_names byteorder call_tracing copyright \
         deactivate_stack_trampoline/12 displayhook dont_write_bytecode exc_info excepthook exception exec_prefix executable exit \
         flags float_info float_repr_style get_asyncgen_hooks get_coroutine_origin_tracking_depth get_int_max_str_digits \
         getallocatedblocks getdefaultencoding getdlopenflags getfilesystemencodeerrors getfilesystemencoding getprofile \
         getrecursionlimit getrefcount getsizeof getswitchinterval gettrace getunicodeinternedsize/12 hash_info hexversion \
         implementation int_info intern is_finalizing is_stack_trampoline_active/12 maxsize maxunicode meta_path modules \
         monitoring/12 orig_argv path path_hooks path_importer_cache platform platlibdir prefix pycache_prefix set_asyncgen_hooks \
         set_coroutine_origin_tracking_depth set_int_max_str_digits setdlopenflags setprofile setrecursionlimit setswitchinterval \
         settrace stderr stdin stdlib_module_names stdout thread_info unraisablehook version version_info warnoptions",
    ),
    (
        "gc",
        "DEBUG_COLLECTABLE DEBUG_LEAK DEBUG_SAVEALL DEBUG_STATS DEBUG_UNCOLLECTABLE __doc__ __loader__ __name__ __package__ \
         __spec__ callbacks collect disable enable freeze garbage get_count get_debug get_freeze_count get_objects get_referents \
         get_referrers get_stats get_threshold is_finalized is_tracked isenabled set_debug set_threshold unfreeze",
    ),
    (
        "math",
        "__doc__ __file__ __loader__ __name__ __package__ __spec__ acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign \
         cos cosh degrees dist e erf erfc exp exp2 expm1 fabs factorial floor fma/13 fmod frexp fsum gamma gcd hypot inf isclose \
         isfinite isinf isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf nan nextafter perm pi pow prod radians remainder \
         sin sinh sqrt sumprod/12 tan tanh tau trunc ulp",
    ),
    (
        "weakref",
        "CallableProxyType KeyedRef ProxyType ProxyTypes ReferenceType WeakKeyDictionary WeakMethod WeakSet WeakValueDictionary \
         _IterationGuard __all__ __builtins__ __cached__ __doc__ __file__ __loader__ __name__ __package__ __spec__ \
         _collections_abc _remove_dead_weakref finalize getweakrefcount getweakrefs itertools proxy ref sys",
    ),
    (
        "operator",
        "__abs__ __add__ __all__ __and__ __builtins__ __cached__ __call__ __concat__ __contains__ __delitem__ __doc__ __eq__ \
         __file__ __floordiv__ __ge__ __getitem__ __gt__ __iadd__ __iand__ __iconcat__ __ifloordiv__ __ilshift__ __imatmul__ \
         __imod__ __imul__ __index__ __inv__ __invert__ __ior__ __ipow__ __irshift__ __isub__ __itruediv__ __ixor__ __le__ \
         __loader__ __lshift__ __lt__ __matmul__ __mod__ __mul__ __name__ __ne__ __neg__ __not__ __or__ __package__ __pos__ \
         __pow__ __rshift__ __setitem__ __spec__ __sub__ __truediv__ __xor__ _abs abs add and_ attrgetter call concat contains \
         countOf delitem eq floordiv ge getitem gt iadd iand iconcat ifloordiv ilshift imatmul imod imul index indexOf inv invert \
         ior ipow irshift is_ is_not isub itemgetter itruediv ixor le length_hint lshift lt matmul methodcaller mod mul ne neg \
         not_ or_ pos pow rshift setitem sub truediv truth xor",
    ),
    (
        "itertools",
        "__doc__ __loader__ __name__ __package__ __spec__ _grouper _tee _tee_dataobject accumulate batched/12 chain \
         combinations combinations_with_replacement compress count cycle dropwhile filterfalse groupby islice pairwise \
         permutations product repeat starmap takewhile tee zip_longest",
    ),
    ("_functools", "__doc__ __loader__ __name__ __package__ __spec__ _lru_cache_wrapper cmp_to_key partial reduce"),
    (
        "_collections",
        "OrderedDict __doc__ __loader__ __name__ __package__ __spec__ _count_elements _deque_iterator _deque_reverse_iterator \
         _tuplegetter defaultdict deque",
    ),
    (
        "_typing",
        "Generic/12 NoDefault/13 ParamSpec/12 ParamSpecArgs/12 ParamSpecKwargs/12 TypeAliasType/12 TypeVar/12 TypeVarTuple/12 \
         __doc__ __file__/-11 __loader__ __name__ __package__ __spec__ _idfunc",
    ),
    (
        "_operator",
        "__doc__ __loader__ __name__ __package__ __spec__ _compare_digest abs add and_ attrgetter call concat contains \
         countOf delitem eq floordiv ge getitem gt iadd iand iconcat ifloordiv ilshift imatmul imod imul index indexOf inv \
         invert ior ipow irshift is_ is_not isub itemgetter itruediv ixor le length_hint lshift lt matmul methodcaller mod \
         mul ne neg not_ or_ pos pow rshift setitem sub truediv truth xor",
    ),
    (
        "_weakref",
        "CallableProxyType ProxyType ReferenceType __doc__ __loader__ __name__ __package__ __spec__ _remove_dead_weakref \
         getweakrefcount getweakrefs proxy ref",
    ),
    (
        "_abc",
        "__doc__ __loader__ __name__ __package__ __spec__ _abc_init _abc_instancecheck _abc_register _abc_subclasscheck \
         _get_dump _reset_caches _reset_registry get_cache_token",
    ),
    ("_contextvars", "Context ContextVar Token __doc__ __file__ __loader__ __name__ __package__ __spec__ copy_context"),
    (
        "_thread",
        "LockType RLock TIMEOUT_MAX _ExceptHookArgs _ThreadHandle/13 __doc__ __loader__ __name__ __package__ __spec__ _count \
         _excepthook _get_main_thread_ident/13 _is_main_interpreter/12 _local _make_thread_handle/13 _set_sentinel/-12 \
         _shutdown/13 allocate allocate_lock daemon_threads_allowed/12 error exit exit_thread get_ident get_native_id \
         interrupt_main lock/13 stack_size start_joinable_thread/13 start_new start_new_thread",
    ),
    ("_queue", "Empty SimpleQueue __doc__ __file__ __loader__ __name__ __package__ __spec__"),
    (
        "_heapq",
        "__about__ __doc__ __file__ __loader__ __name__ __package__ __spec__ _heapify_max _heappop_max _heapreplace_max \
         heapify heappop heappush heappushpop heapreplace",
    ),
    ("_bisect", "__doc__ __file__ __loader__ __name__ __package__ __spec__ bisect_left bisect_right insort_left insort_right"),
    (
        "builtins",
        "ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError \
         BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError \
         ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception ExceptionGroup \
         False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning \
         IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError \
         ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError OSError OverflowError \
         PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError/13 RecursionError ReferenceError \
         ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError \
         SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError \
         UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError _IncompleteInputError/13 \
         __build_class__ __debug__ __doc__ __import__ __loader__ __name__ __package__ __spec__ abs aiter all anext any ascii bin \
         bool breakpoint bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir divmod \
         enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int isinstance \
         issubclass iter len license list locals map max memoryview min next object oct open ord pow print property quit range \
         repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip",
    ),
];
