//! Types of CPython's C modules that are there by name only: the library's source imports them, derives from them, or asks
//! what is an instance of them. Making an object of one is *unsupported*.

use crate::api::Missing;
use crate::heap::Ref;
use crate::object::class::{Flags, Making, NativeType, Slots};
use crate::types;

/// `select.epoll`: the library makes one to see whether that works.
pub(crate) static EPOLL: NativeType = NativeType {
    name: "epoll",
    module: "select",
    slots: Slots { new: Some(|vm, class, _| Ok(vm.alloc_instance(class, crate::object::value::Value::Plain))), ..Slots::NONE },
    methods: &[
        crate::modules::method("close", crate::object::class::Arity::None, |vm, _| Ok(vm.none())),
        crate::object::missing::unsupported_method!("select.epoll", "register"),
        crate::object::missing::unsupported_method!("select.epoll", "modify"),
        crate::object::missing::unsupported_method!("select.epoll", "unregister"),
        crate::object::missing::unsupported_method!("select.epoll", "poll"),
        crate::object::missing::unsupported_method!("select.epoll", "fileno"),
    ],
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// `_thread._ThreadHandle`: the library makes one for each thread object; no thread is ever started.
pub(crate) static THREAD_HANDLE: NativeType = NativeType {
    name: "_ThreadHandle",
    module: "_thread",
    slots: Slots { new: Some(|vm, class, _| Ok(vm.alloc_instance(class, crate::object::value::Value::Plain))), ..Slots::NONE },
    methods: &[
        crate::modules::method("is_done", crate::object::class::Arity::None, |vm, _| Ok(vm.bool(false))),
        crate::modules::method("_set_done", crate::object::class::Arity::None, |vm, _| {
            Err(vm.raise(types::RUNTIME_ERROR, "thread not started"))
        }),
        crate::object::missing::unsupported_method!("_thread._ThreadHandle", "join"),
    ],
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// `_io.TextIOWrapper`: the process's own streams, of which the library asks only what they lead to.
pub(crate) static TEXT_IO_WRAPPER: NativeType = NativeType {
    name: "TextIOWrapper",
    module: "_io",
    base: Some(types::TEXT_IO_BASE),
    slots: Slots { new: Some(|vm, _, _| Err(vm.unsupported(Missing::Type, "_io.TextIOWrapper"))), ..Slots::NONE },
    methods: &[crate::modules::method("fileno", crate::object::class::Arity::None, |vm, args| {
        let sys = vm.import_module("sys")?;
        let held = |vm: &crate::vm::Vm, name| vm.own_dict(sys).and_then(|dict| vm.dict_get_str(dict, name));
        let number = STREAMS.iter().find(|(name, _)| held(vm, name) == Some(args.this())).map(|&(_, number)| number);
        match number {
            Some(number) => Ok(vm.int(number)),
            None => Err(vm.unsupported(Missing::Name, "TextIOWrapper.fileno")),
        }
    })],
    flags: Flags(Flags::BASE | Flags::GC),
    making: Making::FromSpec { since: 12 },
    ..NativeType::PLAIN
};

/// The process's own streams, as `sys` has them, and their descriptors.
const STREAMS: &[(&str, i64)] = &[("stdin", 0), ("__stdin__", 0), ("__stdout__", 1), ("__stderr__", 2)];

/// `_queue.Empty`
pub(crate) static QUEUE_EMPTY: NativeType = NativeType {
    name: "Empty",
    module: "_queue",
    base: Some(types::EXCEPTION),
    slots: types::exception::SIMPLE,
    flags: Flags(types::exception::BASE),
    making: Making::Called,
    ..NativeType::PLAIN
};

/// `_thread._local`: of one thread there is one set of attributes.
pub(crate) static THREAD_LOCAL: NativeType = NativeType {
    name: "_local",
    module: "_thread",
    slots: Slots {
        new: Some(|vm, class, args| {
            // Of the library's own (one of `asyncio`, which makes it when it is imported) nobody sees what is different.
            if class != types::THREAD_LOCAL && !vm.heap.loading {
                return Err(vm.unsupported(Missing::Type, "a class derived from threading.local"));
            }
            types::namespace::new(vm, class, args)
        }),
        ..Slots::NONE
    },
    flags: Flags(Flags::BASE | Flags::GC | Flags::DICT | Flags::WEAK),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// `_hashlib.HASHXOF`: the library makes some to see whether that works.
pub(crate) static HASHXOF: NativeType = NativeType {
    name: "HASHXOF",
    module: "_hashlib",
    methods: &[
        crate::object::missing::unsupported_method!("_hashlib.HASHXOF", "digest"),
        crate::object::missing::unsupported_method!("_hashlib.HASHXOF", "hexdigest"),
    ],
    flags: Flags(Flags::NO_NEW),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// `ast.AST`: its objects have a `__dict__`.
pub(crate) static AST: NativeType = NativeType {
    name: "AST",
    module: "ast",
    slots: Slots { new: Some(|vm, _, _| Err(vm.unsupported(Missing::Type, "ast.AST"))), ..Slots::NONE },
    flags: Flags(Flags::BASE | Flags::GC | Flags::DICT),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// Declares them, and lists them by the module that has them.
macro_rules! nominal {
    ($($place:ident = $home:literal: $module:literal $name:literal, $base:ident, $making:expr;)*) => {
        $(
            pub(crate) static $place: NativeType = NativeType {
                name: $name,
                module: $module,
                base: Some(types::$base),
                slots: Slots {
                    new: Some(|vm, _, _| Err(vm.unsupported(Missing::Type, concat!($module, ".", $name)))),
                    ..Slots::NONE
                },
                flags: Flags(Flags::BASE | Flags::GC),
                making: $making,
                ..NativeType::PLAIN
            };
        )*

        /// The module that has a type, and the type.
        pub(super) static EXPORTS: &[(&str, Ref)] = &[("_io", types::TEXT_IO_WRAPPER), ("_queue", types::QUEUE_EMPTY), ("_thread", types::THREAD_HANDLE), ("_thread", types::THREAD_LOCAL), ("select", types::EPOLL), ("_hashlib", types::HASHXOF), $(($home, types::$place)),*];
    };
}

nominal! {
    FILE_IO = "_io": "_io" "FileIO", RAW_IO_BASE, Making::FromSpec { since: 12 };
    BUFFERED_READER = "_io": "_io" "BufferedReader", BUFFERED_IO_BASE, Making::FromSpec { since: 12 };
    BUFFERED_WRITER = "_io": "_io" "BufferedWriter", BUFFERED_IO_BASE, Making::FromSpec { since: 12 };
    BUFFERED_RANDOM = "_io": "_io" "BufferedRandom", BUFFERED_IO_BASE, Making::FromSpec { since: 12 };
    BUFFERED_RW_PAIR = "_io": "_io" "BufferedRWPair", BUFFERED_IO_BASE, Making::FromSpec { since: 12 };
    BLAKE2B = "_blake2": "_blake2" "blake2b", OBJECT, Making::SPEC;
    BLAKE2S = "_blake2": "_blake2" "blake2s", OBJECT, Making::SPEC;
    SHAKE_128 = "_sha3": "_sha3" "shake_128", OBJECT, Making::SPEC;
    SHAKE_256 = "_sha3": "_sha3" "shake_256", OBJECT, Making::SPEC;
    SHA3_224 = "_sha3": "_sha3" "sha3_224", OBJECT, Making::SPEC;
    SHA3_256 = "_sha3": "_sha3" "sha3_256", OBJECT, Making::SPEC;
    SHA3_384 = "_sha3": "_sha3" "sha3_384", OBJECT, Making::SPEC;
    SHA3_512 = "_sha3": "_sha3" "sha3_512", OBJECT, Making::SPEC;
    HMAC = "_hashlib": "_hashlib" "HMAC", OBJECT, Making::SPEC;
    BZ2_COMPRESSOR = "_bz2": "_bz2" "BZ2Compressor", OBJECT, Making::SPEC;
    BZ2_DECOMPRESSOR = "_bz2": "_bz2" "BZ2Decompressor", OBJECT, Making::SPEC;
    LZMA_COMPRESSOR = "_lzma": "_lzma" "LZMACompressor", OBJECT, Making::SPEC;
    LZMA_DECOMPRESSOR = "_lzma": "_lzma" "LZMADecompressor", OBJECT, Making::SPEC;
    SIMPLE_QUEUE = "_queue": "_queue" "SimpleQueue", OBJECT, Making::SPEC;
    DIR_ENTRY = "posix": "posix" "DirEntry", OBJECT, Making::SPEC;
    STATVFS_RESULT = "posix": "os" "statvfs_result", TUPLE, Making::SPEC;
    TIMES_RESULT = "posix": "posix" "times_result", TUPLE, Making::SPEC;
    SCHED_PARAM = "posix": "posix" "sched_param", TUPLE, Making::SPEC;
    WAITID_RESULT = "posix": "posix" "waitid_result", TUPLE, Making::SPEC;
    STRUCT_SIGINFO = "_signal": "signal" "struct_siginfo", TUPLE, Making::SPEC;
    STRUCT_PASSWD = "pwd": "pwd" "struct_passwd", TUPLE, Making::SPEC;
    STRUCT_GROUP = "grp": "grp" "struct_group", TUPLE, Making::SPEC;
    STRUCT_RUSAGE = "resource": "resource" "struct_rusage", TUPLE, Making::SPEC;
    TOKENIZER_ITER = "_tokenize": "_tokenize" "TokenizerIter", OBJECT, Making::SPEC;
    DECIMAL = "_decimal": "decimal" "Decimal", OBJECT, Making::FromSpec { since: 13 };
    DECIMAL_CONTEXT = "_decimal": "decimal" "Context", OBJECT, Making::FromSpec { since: 13 };
    EXCEPT_HOOK_ARGS = "_thread": "_thread" "_ExceptHookArgs", TUPLE, Making::SPEC;
}
