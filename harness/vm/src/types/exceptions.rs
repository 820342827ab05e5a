//! The hierarchy of exception types: one line each.

use super::exception::{self, BASE};
use crate::object::class::{Flags, NativeType};

macro_rules! exceptions {
    ($($name:ident $text:literal < $base:ident { $($slots:tt)* };)*) => {
        $(
            #[allow(clippy::needless_update)]
            pub(crate) static $name: NativeType = NativeType {
                name: $text,
                base: Some(super::$base),
                flags: Flags(BASE),
                $($slots)*
                ..NativeType::PLAIN
            };
        )*
    };
}

exceptions! {
    BASE_EXCEPTION "BaseException" < OBJECT { slots: exception::SLOTS, methods: exception::METHODS, getsets: exception::GETSETS, };
    BASE_EXCEPTION_GROUP "BaseExceptionGroup" < BASE_EXCEPTION { slots: exception::GROUP, };
    GENERATOR_EXIT "GeneratorExit" < BASE_EXCEPTION {};
    KEYBOARD_INTERRUPT "KeyboardInterrupt" < BASE_EXCEPTION {};
    SYSTEM_EXIT "SystemExit" < BASE_EXCEPTION { slots: exception::fields::SYSTEM_EXIT, getsets: exception::fields::SYSTEM_EXIT_FIELDS, };
    EXCEPTION "Exception" < BASE_EXCEPTION {};
    ARITHMETIC_ERROR "ArithmeticError" < EXCEPTION {};
    FLOATING_POINT_ERROR "FloatingPointError" < ARITHMETIC_ERROR {};
    OVERFLOW_ERROR "OverflowError" < ARITHMETIC_ERROR {};
    ZERO_DIVISION_ERROR "ZeroDivisionError" < ARITHMETIC_ERROR {};
    ASSERTION_ERROR "AssertionError" < EXCEPTION {};
    ATTRIBUTE_ERROR "AttributeError" < EXCEPTION { slots: exception::fields::ATTRIBUTE_ERROR, getsets: exception::fields::ATTRIBUTE_ERROR_FIELDS, };
    BUFFER_ERROR "BufferError" < EXCEPTION {};
    EOF_ERROR "EOFError" < EXCEPTION {};
    IMPORT_ERROR "ImportError" < EXCEPTION { slots: exception::fields::IMPORT_ERROR, getsets: exception::fields::IMPORT_ERROR_FIELDS, };
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError" < IMPORT_ERROR {};
    LOOKUP_ERROR "LookupError" < EXCEPTION {};
    INDEX_ERROR "IndexError" < LOOKUP_ERROR {};
    KEY_ERROR "KeyError" < LOOKUP_ERROR { slots: exception::fields::KEY_ERROR, };
    MEMORY_ERROR "MemoryError" < EXCEPTION {};
    NAME_ERROR "NameError" < EXCEPTION { slots: exception::fields::NAME_ERROR, getsets: exception::fields::NAME_ERROR_FIELDS, };
    UNBOUND_LOCAL_ERROR "UnboundLocalError" < NAME_ERROR {};
    OS_ERROR "OSError" < EXCEPTION { slots: exception::fields::OS_ERROR, getsets: exception::fields::OS_ERROR_FIELDS, };
    BLOCKING_IO_ERROR "BlockingIOError" < OS_ERROR {};
    CHILD_PROCESS_ERROR "ChildProcessError" < OS_ERROR {};
    CONNECTION_ERROR "ConnectionError" < OS_ERROR {};
    BROKEN_PIPE_ERROR "BrokenPipeError" < CONNECTION_ERROR {};
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError" < CONNECTION_ERROR {};
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError" < CONNECTION_ERROR {};
    CONNECTION_RESET_ERROR "ConnectionResetError" < CONNECTION_ERROR {};
    FILE_EXISTS_ERROR "FileExistsError" < OS_ERROR {};
    FILE_NOT_FOUND_ERROR "FileNotFoundError" < OS_ERROR {};
    INTERRUPTED_ERROR "InterruptedError" < OS_ERROR {};
    IS_A_DIRECTORY_ERROR "IsADirectoryError" < OS_ERROR {};
    NOT_A_DIRECTORY_ERROR "NotADirectoryError" < OS_ERROR {};
    PERMISSION_ERROR "PermissionError" < OS_ERROR {};
    PROCESS_LOOKUP_ERROR "ProcessLookupError" < OS_ERROR {};
    TIMEOUT_ERROR "TimeoutError" < OS_ERROR {};
    REFERENCE_ERROR "ReferenceError" < EXCEPTION {};
    RUNTIME_ERROR "RuntimeError" < EXCEPTION {};
    NOT_IMPLEMENTED_ERROR "NotImplementedError" < RUNTIME_ERROR {};
    RECURSION_ERROR "RecursionError" < RUNTIME_ERROR {};
    STOP_ASYNC_ITERATION "StopAsyncIteration" < EXCEPTION {};
    STOP_ITERATION "StopIteration" < EXCEPTION { slots: exception::fields::STOP_ITERATION, getsets: exception::fields::STOP_ITERATION_FIELDS, };
    SYNTAX_ERROR "SyntaxError" < EXCEPTION { slots: exception::fields::SYNTAX_ERROR, getsets: exception::fields::SYNTAX_ERROR_FIELDS, };
    INDENTATION_ERROR "IndentationError" < SYNTAX_ERROR {};
    TAB_ERROR "TabError" < INDENTATION_ERROR {};
    SYSTEM_ERROR "SystemError" < EXCEPTION {};
    TYPE_ERROR "TypeError" < EXCEPTION {};
    VALUE_ERROR "ValueError" < EXCEPTION {};
    UNICODE_ERROR "UnicodeError" < VALUE_ERROR {};
    UNICODE_DECODE_ERROR "UnicodeDecodeError" < UNICODE_ERROR { slots: exception::fields::UNICODE_DECODE_ERROR, getsets: exception::fields::UNICODE_DECODE_ERROR_FIELDS, };
    UNICODE_ENCODE_ERROR "UnicodeEncodeError" < UNICODE_ERROR { slots: exception::fields::UNICODE_ENCODE_ERROR, getsets: exception::fields::UNICODE_ENCODE_ERROR_FIELDS, };
    UNICODE_TRANSLATE_ERROR "UnicodeTranslateError" < UNICODE_ERROR { slots: exception::fields::UNICODE_TRANSLATE_ERROR, getsets: exception::fields::UNICODE_TRANSLATE_ERROR_FIELDS, };
    WARNING "Warning" < EXCEPTION {};
    BYTES_WARNING "BytesWarning" < WARNING {};
    DEPRECATION_WARNING "DeprecationWarning" < WARNING {};
    ENCODING_WARNING "EncodingWarning" < WARNING {};
    FUTURE_WARNING "FutureWarning" < WARNING {};
    IMPORT_WARNING "ImportWarning" < WARNING {};
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning" < WARNING {};
    RESOURCE_WARNING "ResourceWarning" < WARNING {};
    RUNTIME_WARNING "RuntimeWarning" < WARNING {};
    SYNTAX_WARNING "SyntaxWarning" < WARNING {};
    UNICODE_WARNING "UnicodeWarning" < WARNING {};
    USER_WARNING "UserWarning" < WARNING {};
}
