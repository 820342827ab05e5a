//! The builtin types, one a file, and the objects that live as long as the VM.
//!
//! Types and singletons stand at fixed places on the heap, so that asking for one costs nothing. To add a type: its file, and
//! one line in the table below.

pub(crate) mod bool_;
pub(crate) mod bytes;
pub(crate) mod cell;
pub(crate) mod class;
pub(crate) mod code;
mod code_parts;
pub(crate) mod complex;
pub(crate) mod descriptors;
pub(crate) mod dict;
pub(crate) mod exception;
pub(crate) mod exceptions;
pub(crate) mod float;
pub(crate) mod frame;
pub(crate) mod frame_locals;
pub(crate) mod frame_proxy;
pub(crate) mod function;
mod function_new;
pub(crate) mod generator;
pub(crate) mod generic;
pub(crate) mod int;
pub(crate) mod iterators;
pub(crate) mod list;
pub(crate) mod memory;
pub(crate) mod method;
pub(crate) mod module;
pub(crate) mod names;
pub(crate) mod namespace;
pub(crate) mod object;
pub(crate) mod pickling;
pub(crate) mod range;
pub(crate) mod set;
pub(crate) mod singletons;
pub(crate) mod slice;
pub(crate) mod str;
pub(crate) mod structseq;
pub(crate) mod super_;
pub(crate) mod tuple;
pub(crate) mod type_;
pub(crate) mod weakref;
pub(crate) mod wrappers;

use crate::heap::Ref;
use crate::modules::sys;
use crate::modules::{abc, collections, functools, itertools, operator, typing, weakref as weak_module};
use crate::object::class::NativeType;

/// Gives each type its place on the heap.
macro_rules! native_types {
    ($($name:ident = $declaration:expr;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u32)]
        enum Place { $($name,)* END }

        $(
            #[allow(dead_code, reason = "the table is whole, whoever asks")]
            pub(crate) const $name: Ref = Ref::at(Place::$name as u32 + 1);
        )*

        /// Every builtin type, in the order of their places; a base before what derives from it.
        pub(crate) static NATIVE: &[&NativeType] = &[$(&$declaration,)*];

        const TYPE_COUNT: u32 = Place::END as u32;
    };
}

native_types! {
    OBJECT = object::TYPE;
    TYPE = type_::TYPE;
    NONE_TYPE = singletons::NONE_TYPE;
    ELLIPSIS_TYPE = singletons::ELLIPSIS_TYPE;
    NOT_IMPLEMENTED_TYPE = singletons::NOT_IMPLEMENTED_TYPE;
    DOCSTRING = singletons::DOCSTRING;
    INT = int::TYPE;
    BOOL = bool_::TYPE;
    FLOAT = float::TYPE;
    COMPLEX = complex::TYPE;
    STR = str::TYPE;
    BYTES = bytes::TYPE;
    BYTEARRAY = bytes::ARRAY;
    TUPLE = tuple::TYPE;
    LIST = list::TYPE;
    DICT = dict::TYPE;
    SET = set::TYPE;
    FROZENSET = set::FROZENSET;
    RANGE = range::TYPE;
    SLICE = slice::TYPE;
    FUNCTION = function::TYPE;
    METHOD = method::TYPE;
    BUILTIN = descriptors::BUILTIN;
    BUILTIN_METHOD = descriptors::BUILTIN_METHOD;
    METHOD_DESCRIPTOR = descriptors::METHOD_DESCRIPTOR;
    CLASSMETHOD_DESCRIPTOR = descriptors::CLASSMETHOD_DESCRIPTOR;
    WRAPPER_DESCRIPTOR = descriptors::WRAPPER_DESCRIPTOR;
    METHOD_WRAPPER = descriptors::METHOD_WRAPPER;
    GETSET_DESCRIPTOR = descriptors::GETSET_DESCRIPTOR;
    MEMBER_DESCRIPTOR = descriptors::MEMBER_DESCRIPTOR;
    MAPPING_PROXY = descriptors::MAPPING_PROXY;
    CLASSMETHOD = wrappers::CLASSMETHOD;
    STATICMETHOD = wrappers::STATICMETHOD;
    PROPERTY = wrappers::PROPERTY;
    SUPER = super_::TYPE;
    CELL = cell::TYPE;
    CODE = code::TYPE;
    FRAME = frame::TYPE;
    FRAME_LOCALS_PROXY = frame_proxy::TYPE;
    TRACEBACK = frame::TRACEBACK;
    GENERATOR = generator::TYPE;
    COROUTINE = generator::COROUTINE;
    COROUTINE_WRAPPER = generator::COROUTINE_WRAPPER;
    ASYNC_GENERATOR = generator::ASYNC_GENERATOR;
    ANEXT_AWAITABLE = generator::anext::TYPE;
    ASYNC_GENERATOR_ASEND = generator::asynchronous::ASEND;
    ASYNC_GENERATOR_ATHROW = generator::asynchronous::ATHROW;
    ASYNC_GENERATOR_WRAPPED_VALUE = generator::asynchronous::WRAPPED_VALUE;
    TYPE_VAR = typing::variables::TYPE_VAR;
    TYPE_VAR_TUPLE = typing::variables::TYPE_VAR_TUPLE;
    PARAM_SPEC = typing::variables::PARAM_SPEC;
    PARAM_SPEC_ARGS = typing::generic::PARAM_SPEC_ARGS;
    PARAM_SPEC_KWARGS = typing::generic::PARAM_SPEC_KWARGS;
    GENERIC = typing::generic::GENERIC;
    TYPE_ALIAS_TYPE = typing::alias::TYPE_ALIAS_TYPE;
    NO_DEFAULT_TYPE = typing::generic::NO_DEFAULT_TYPE;
    MODULE = module::TYPE;
    MODULE_SPEC = crate::library::SPEC;
    ABSENT = crate::library::ABSENT;
    SOURCE_FILE_LOADER = crate::library::LOADER;
    WEAKREF = weakref::TYPE;
    GENERIC_ALIAS = generic::ALIAS;
    GENERIC_ALIAS_ITERATOR = generic::ITERATOR;
    UNION = generic::UNION;
    RANGE_ITERATOR = range::ITERATOR;
    LONG_RANGE_ITERATOR = range::LONG_ITERATOR;
    LIST_ITERATOR = iterators::LIST;
    LIST_REVERSE_ITERATOR = iterators::LIST_REVERSE;
    TUPLE_ITERATOR = iterators::TUPLE;
    STR_ITERATOR = iterators::STR;
    STR_ASCII_ITERATOR = iterators::STR_ASCII;
    BYTES_ITERATOR = bytes::ITERATOR;
    BYTEARRAY_ITERATOR = bytes::ARRAY_ITERATOR;
    MEMORYVIEW = memory::TYPE;
    MANAGED_BUFFER = memory::MANAGED;
    MEMORY_ITERATOR = memory::ITERATOR;
    SET_ITERATOR = iterators::SET;
    DICT_KEYS = dict::views::KEYS;
    DICT_VALUES = dict::views::VALUES;
    DICT_ITEMS = dict::views::ITEMS;
    DICT_KEY_ITERATOR = dict::views::KEY_ITERATOR;
    DICT_VALUE_ITERATOR = dict::views::VALUE_ITERATOR;
    DICT_ITEM_ITERATOR = dict::views::ITEM_ITERATOR;
    DICT_REVERSE_KEY_ITERATOR = dict::views::REVERSE_KEY_ITERATOR;
    DICT_REVERSE_VALUE_ITERATOR = dict::views::REVERSE_VALUE_ITERATOR;
    DICT_REVERSE_ITEM_ITERATOR = dict::views::REVERSE_ITEM_ITERATOR;
    SEQUENCE_ITERATOR = iterators::SEQUENCE;
    CALLABLE_ITERATOR = iterators::CALLABLE;
    ENUMERATE = iterators::ENUMERATE;
    ZIP = iterators::ZIP;
    MAP = iterators::MAP;
    FILTER = iterators::FILTER;
    REVERSED = iterators::REVERSED;
    ABC_DATA = abc::DATA;
    DEQUE = collections::deque::TYPE;
    DEQUE_ITERATOR = collections::deque::iterators::FORWARD;
    DEQUE_REVERSE_ITERATOR = collections::deque::iterators::REVERSE;
    DEFAULT_DICT = collections::default_dict::TYPE;
    TUPLE_GETTER = collections::tuple_getter::TUPLE_GETTER;
    ORDERED_DICT = collections::ordered::TYPE;
    ORDERED_ITERATOR = collections::ordered::iteration::ITERATOR;
    ORDERED_KEYS = collections::ordered::iteration::KEYS;
    ORDERED_VALUES = collections::ordered::iteration::VALUES;
    ORDERED_ITEMS = collections::ordered::iteration::ITEMS;
    WEAK_PROXY = weak_module::proxy::PROXY;
    WEAK_CALLABLE_PROXY = weak_module::proxy::CALLABLE_PROXY;
    ITEMGETTER = operator::getters::ITEMGETTER;
    ATTRGETTER = operator::getters::ATTRGETTER;
    METHODCALLER = operator::getters::METHODCALLER;
    ACCUMULATE = itertools::chains::ACCUMULATE;
    BATCHED = itertools::slices::BATCHED;
    CHAIN = itertools::chains::CHAIN;
    COMBINATIONS = itertools::combinatorics::COMBINATIONS;
    COMBINATIONS_WITH_REPLACEMENT = itertools::combinatorics::COMBINATIONS_WITH_REPLACEMENT;
    COMPRESS = itertools::select::COMPRESS;
    COUNT = itertools::counting::COUNT;
    CYCLE = itertools::counting::CYCLE;
    DROPWHILE = itertools::select::DROPWHILE;
    FILTERFALSE = itertools::select::FILTERFALSE;
    GROUPBY = itertools::groups::GROUPBY;
    GROUPER = itertools::groups::GROUPER;
    ISLICE = itertools::slices::ISLICE;
    KEY_WRAPPER = functools::compare::KEY;
    LRU_CACHE = functools::lru_cache::LRU_CACHE;
    LRU_LINK = functools::lru_cache::LINK;
    PARTIAL = functools::partial::PARTIAL;
    PAIRWISE = itertools::slices::PAIRWISE;
    PERMUTATIONS = itertools::combinatorics::PERMUTATIONS;
    PRODUCT = itertools::combinatorics::PRODUCT;
    REPEAT = itertools::counting::REPEAT;
    STARMAP = itertools::select::STARMAP;
    TAKEWHILE = itertools::select::TAKEWHILE;
    TEE = itertools::tee::TEE;
    TEE_DATA = itertools::tee::DATA;
    ZIP_LONGEST = itertools::chains::ZIP_LONGEST;
    BASE_EXCEPTION = exceptions::BASE_EXCEPTION;
    BASE_EXCEPTION_GROUP = exceptions::BASE_EXCEPTION_GROUP;
    GENERATOR_EXIT = exceptions::GENERATOR_EXIT;
    KEYBOARD_INTERRUPT = exceptions::KEYBOARD_INTERRUPT;
    SYSTEM_EXIT = exceptions::SYSTEM_EXIT;
    EXCEPTION = exceptions::EXCEPTION;
    EXCEPTION_GROUP = exception::group::EXCEPTION_GROUP;
    ARITHMETIC_ERROR = exceptions::ARITHMETIC_ERROR;
    FLOATING_POINT_ERROR = exceptions::FLOATING_POINT_ERROR;
    OVERFLOW_ERROR = exceptions::OVERFLOW_ERROR;
    ZERO_DIVISION_ERROR = exceptions::ZERO_DIVISION_ERROR;
    ASSERTION_ERROR = exceptions::ASSERTION_ERROR;
    ATTRIBUTE_ERROR = exceptions::ATTRIBUTE_ERROR;
    BUFFER_ERROR = exceptions::BUFFER_ERROR;
    EOF_ERROR = exceptions::EOF_ERROR;
    IMPORT_ERROR = exceptions::IMPORT_ERROR;
    MODULE_NOT_FOUND_ERROR = exceptions::MODULE_NOT_FOUND_ERROR;
    LOOKUP_ERROR = exceptions::LOOKUP_ERROR;
    INDEX_ERROR = exceptions::INDEX_ERROR;
    KEY_ERROR = exceptions::KEY_ERROR;
    MEMORY_ERROR = exceptions::MEMORY_ERROR;
    NAME_ERROR = exceptions::NAME_ERROR;
    UNBOUND_LOCAL_ERROR = exceptions::UNBOUND_LOCAL_ERROR;
    OS_ERROR = exceptions::OS_ERROR;
    BLOCKING_IO_ERROR = exceptions::BLOCKING_IO_ERROR;
    CHILD_PROCESS_ERROR = exceptions::CHILD_PROCESS_ERROR;
    CONNECTION_ERROR = exceptions::CONNECTION_ERROR;
    BROKEN_PIPE_ERROR = exceptions::BROKEN_PIPE_ERROR;
    CONNECTION_ABORTED_ERROR = exceptions::CONNECTION_ABORTED_ERROR;
    CONNECTION_REFUSED_ERROR = exceptions::CONNECTION_REFUSED_ERROR;
    CONNECTION_RESET_ERROR = exceptions::CONNECTION_RESET_ERROR;
    FILE_EXISTS_ERROR = exceptions::FILE_EXISTS_ERROR;
    FILE_NOT_FOUND_ERROR = exceptions::FILE_NOT_FOUND_ERROR;
    INTERRUPTED_ERROR = exceptions::INTERRUPTED_ERROR;
    IS_A_DIRECTORY_ERROR = exceptions::IS_A_DIRECTORY_ERROR;
    NOT_A_DIRECTORY_ERROR = exceptions::NOT_A_DIRECTORY_ERROR;
    PERMISSION_ERROR = exceptions::PERMISSION_ERROR;
    PROCESS_LOOKUP_ERROR = exceptions::PROCESS_LOOKUP_ERROR;
    TIMEOUT_ERROR = exceptions::TIMEOUT_ERROR;
    REFERENCE_ERROR = exceptions::REFERENCE_ERROR;
    RUNTIME_ERROR = exceptions::RUNTIME_ERROR;
    NOT_IMPLEMENTED_ERROR = exceptions::NOT_IMPLEMENTED_ERROR;
    RECURSION_ERROR = exceptions::RECURSION_ERROR;
    PYTHON_FINALIZATION_ERROR = exceptions::PYTHON_FINALIZATION_ERROR;
    STOP_ASYNC_ITERATION = exceptions::STOP_ASYNC_ITERATION;
    STOP_ITERATION = exceptions::STOP_ITERATION;
    SYNTAX_ERROR = exceptions::SYNTAX_ERROR;
    INDENTATION_ERROR = exceptions::INDENTATION_ERROR;
    TAB_ERROR = exceptions::TAB_ERROR;
    INCOMPLETE_INPUT_ERROR = exceptions::INCOMPLETE_INPUT_ERROR;
    SYSTEM_ERROR = exceptions::SYSTEM_ERROR;
    TYPE_ERROR = exceptions::TYPE_ERROR;
    VALUE_ERROR = exceptions::VALUE_ERROR;
    UNICODE_ERROR = exceptions::UNICODE_ERROR;
    UNICODE_DECODE_ERROR = exceptions::UNICODE_DECODE_ERROR;
    UNICODE_ENCODE_ERROR = exceptions::UNICODE_ENCODE_ERROR;
    UNICODE_TRANSLATE_ERROR = exceptions::UNICODE_TRANSLATE_ERROR;
    WARNING = exceptions::WARNING;
    BYTES_WARNING = exceptions::BYTES_WARNING;
    DEPRECATION_WARNING = exceptions::DEPRECATION_WARNING;
    ENCODING_WARNING = exceptions::ENCODING_WARNING;
    FUTURE_WARNING = exceptions::FUTURE_WARNING;
    IMPORT_WARNING = exceptions::IMPORT_WARNING;
    PENDING_DEPRECATION_WARNING = exceptions::PENDING_DEPRECATION_WARNING;
    RESOURCE_WARNING = exceptions::RESOURCE_WARNING;
    RUNTIME_WARNING = exceptions::RUNTIME_WARNING;
    SYNTAX_WARNING = exceptions::SYNTAX_WARNING;
    UNICODE_WARNING = exceptions::UNICODE_WARNING;
    USER_WARNING = exceptions::USER_WARNING;
    VERSION_INFO = sys::info::VERSION_INFO;
    SYS_FLAGS = sys::info::FLAGS;
    FLOAT_INFO = sys::info::FLOAT_INFO;
    INT_INFO = sys::info::INT_INFO;
    HASH_INFO = sys::info::HASH_INFO;
    THREAD_INFO = sys::info::THREAD_INFO;
    UNRAISABLE_HOOK_ARGS = crate::object::unraisable::ARGUMENTS;
    DATE = crate::modules::datetime::DATE;
    TIME = crate::modules::datetime::TIME;
    DATETIME = crate::modules::datetime::DATETIME;
    TIMEDELTA = crate::modules::datetime::TIMEDELTA;
    TZINFO = crate::modules::datetime::TZINFO;
    TIMEZONE = crate::modules::datetime::TIMEZONE;
    SIMPLE_NAMESPACE = namespace::TYPE;
    AST = crate::modules::stock::types::AST;
    STRUCT_TIME = crate::modules::time::STRUCT_TIME;
    FORMATTER_ITERATOR = crate::modules::string::FORMATTER_ITERATOR;
    FIELD_NAME_ITERATOR = crate::modules::string::FIELD_NAME_ITERATOR;
    JSON_SCANNER = crate::modules::json::SCANNER;
    JSON_ENCODER = crate::modules::json::ENCODER;
    STRUCT = crate::modules::structs::STRUCT;
    STRUCT_ERROR = crate::modules::structs::ERROR;
    UNPACK_ITERATOR = crate::modules::structs::UNPACK_ITERATOR;
    IO_BASE = crate::modules::io::IO_BASE;
    RAW_IO_BASE = crate::modules::io::RAW_IO_BASE;
    BUFFERED_IO_BASE = crate::modules::io::BUFFERED_IO_BASE;
    TEXT_IO_BASE = crate::modules::io::TEXT_IO_BASE;
    STRING_IO = crate::modules::io::STRING_IO;
    BYTES_IO = crate::modules::io::BYTES_IO;
    FILE_IO = crate::modules::stock::types::FILE_IO;
    BUFFERED_READER = crate::modules::stock::types::BUFFERED_READER;
    BUFFERED_WRITER = crate::modules::stock::types::BUFFERED_WRITER;
    BUFFERED_RANDOM = crate::modules::stock::types::BUFFERED_RANDOM;
    BUFFERED_RW_PAIR = crate::modules::stock::types::BUFFERED_RW_PAIR;
    ENCODING_MAP = crate::modules::interpreter::ENCODING_MAP;
    TEXT_IO_WRAPPER = crate::modules::stock::types::TEXT_IO_WRAPPER;
    INCREMENTAL_NEWLINE_DECODER = crate::modules::io::INCREMENTAL_NEWLINE_DECODER;
    BLAKE2B = crate::modules::stock::types::BLAKE2B;
    BLAKE2S = crate::modules::stock::types::BLAKE2S;
    SHAKE_128 = crate::modules::stock::types::SHAKE_128;
    SHAKE_256 = crate::modules::stock::types::SHAKE_256;
    SHA3_224 = crate::modules::stock::types::SHA3_224;
    SHA3_256 = crate::modules::stock::types::SHA3_256;
    SHA3_384 = crate::modules::stock::types::SHA3_384;
    SHA3_512 = crate::modules::stock::types::SHA3_512;
    HMAC = crate::modules::stock::types::HMAC;
    HASHXOF = crate::modules::stock::types::HASHXOF;
    HASH = crate::modules::hashes::HASH;
    BINASCII_ERROR = crate::modules::binary::ERROR;
    BINASCII_INCOMPLETE = crate::modules::binary::INCOMPLETE;
    BZ2_COMPRESSOR = crate::modules::stock::types::BZ2_COMPRESSOR;
    BZ2_DECOMPRESSOR = crate::modules::stock::types::BZ2_DECOMPRESSOR;
    LZMA_COMPRESSOR = crate::modules::stock::types::LZMA_COMPRESSOR;
    LZMA_DECOMPRESSOR = crate::modules::stock::types::LZMA_DECOMPRESSOR;
    THREAD_HANDLE = crate::modules::stock::types::THREAD_HANDLE;
    SIMPLE_QUEUE = crate::modules::stock::types::SIMPLE_QUEUE;
    QUEUE_EMPTY = crate::modules::stock::types::QUEUE_EMPTY;
    DIR_ENTRY = crate::modules::stock::types::DIR_ENTRY;
    STATVFS_RESULT = crate::modules::stock::types::STATVFS_RESULT;
    TIMES_RESULT = crate::modules::stock::types::TIMES_RESULT;
    UNAME_RESULT = crate::modules::interpreter::UNAME_RESULT;
    SCHED_PARAM = crate::modules::stock::types::SCHED_PARAM;
    WAITID_RESULT = crate::modules::stock::types::WAITID_RESULT;
    STAT_RESULT = crate::modules::interpreter::STAT_RESULT;
    STRUCT_SIGINFO = crate::modules::stock::types::STRUCT_SIGINFO;
    EPOLL = crate::modules::stock::types::EPOLL;
    STRUCT_PASSWD = crate::modules::stock::types::STRUCT_PASSWD;
    STRUCT_GROUP = crate::modules::stock::types::STRUCT_GROUP;
    STRUCT_RUSAGE = crate::modules::stock::types::STRUCT_RUSAGE;
    TOKENIZER_ITER = crate::modules::stock::types::TOKENIZER_ITER;
    DECIMAL = crate::modules::stock::types::DECIMAL;
    DECIMAL_CONTEXT = crate::modules::stock::types::DECIMAL_CONTEXT;
    THREAD_LOCAL = crate::modules::stock::types::THREAD_LOCAL;
    EXCEPT_HOOK_ARGS = crate::modules::stock::types::EXCEPT_HOOK_ARGS;
    TERMINAL_SIZE = crate::modules::interpreter::TERMINAL_SIZE;
    LOCK = crate::modules::interpreter::thread::LOCK;
    RLOCK = crate::modules::interpreter::thread::RLOCK;
    SRE_PATTERN = crate::modules::sre::PATTERN;
    SRE_MATCH = crate::modules::sre::MATCH;
    SRE_SCANNER = crate::modules::sre::SCANNER;
    SRE_TEMPLATE = crate::modules::sre::TEMPLATE;
    RANDOM = crate::modules::random::RANDOM;
    ASYNCGEN_HOOKS = sys::info::ASYNCGEN_HOOKS;
}

const SINGLETONS: u32 = TYPE_COUNT + 1;
/// `None`
pub(crate) const NONE: Ref = Ref::at(SINGLETONS);
/// `True`
pub(crate) const TRUE: Ref = Ref::at(SINGLETONS + 1);
/// `False`
pub(crate) const FALSE: Ref = Ref::at(SINGLETONS + 2);
/// `...`
pub(crate) const ELLIPSIS: Ref = Ref::at(SINGLETONS + 3);
/// `NotImplemented`
pub(crate) const NOT_IMPLEMENTED: Ref = Ref::at(SINGLETONS + 4);
/// `()`
pub(crate) const EMPTY_TUPLE: Ref = Ref::at(SINGLETONS + 5);
/// `''`
pub(crate) const EMPTY_STR: Ref = Ref::at(SINGLETONS + 6);
/// `b''`
pub(crate) const EMPTY_BYTES: Ref = Ref::at(SINGLETONS + 7);

/// `typing.NoDefault`
pub(crate) const NO_DEFAULT: Ref = Ref::at(SINGLETONS + 8);

const SMALL_INTS: u32 = SINGLETONS + 9;
/// The integers that exist once.
pub(crate) const SMALL_INT_RANGE: std::ops::RangeInclusive<i64> = -5..=256;
const SMALL_INT_COUNT: u32 = 262;
const LATIN1: u32 = SMALL_INTS + SMALL_INT_COUNT;
const SINGLE_BYTES: u32 = LATIN1 + 256;
/// The first place after all fixed ones.
pub(crate) const FIXED_END: u32 = SINGLE_BYTES + 256;

/// `0`
pub(crate) const SMALL_ZERO: Ref = Ref::at(SMALL_INTS + 5);
/// `1`
pub(crate) const SMALL_ONE: Ref = Ref::at(SMALL_INTS + 6);

/// A small integer.
#[inline]
pub(crate) fn small_int(value: i64) -> Option<Ref> {
    SMALL_INT_RANGE.contains(&value).then(|| Ref::at(SMALL_INTS + (value + 5) as u32))
}

/// The string of one Latin-1 character.
pub(crate) fn latin1(c: u8) -> Ref {
    Ref::at(LATIN1 + u32::from(c))
}

/// The bytes object of one byte.
pub(crate) fn single_byte(byte: u8) -> Ref {
    Ref::at(SINGLE_BYTES + u32::from(byte))
}

/// The string that exists once, if that text has one: the empty one, and those of one Latin-1 character.
pub(crate) fn shared_str(text: &str) -> Option<Ref> {
    if text.len() > 2 {
        return None;
    }
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (None, _) => Some(EMPTY_STR),
        (Some(c), None) => u8::try_from(u32::from(c)).ok().map(latin1),
        _ => None,
    }
}
