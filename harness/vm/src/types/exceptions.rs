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
    BASE_EXCEPTION_GROUP "BaseExceptionGroup" < BASE_EXCEPTION { slots: exception::group::SLOTS, methods: exception::group::METHODS, getsets: exception::group::FIELDS, };
    GENERATOR_EXIT "GeneratorExit" < BASE_EXCEPTION { slots: exception::SIMPLE, };
    KEYBOARD_INTERRUPT "KeyboardInterrupt" < BASE_EXCEPTION { slots: exception::SIMPLE, };
    SYSTEM_EXIT "SystemExit" < BASE_EXCEPTION { slots: exception::fields::SYSTEM_EXIT, getsets: exception::fields::SYSTEM_EXIT_FIELDS, };
    EXCEPTION "Exception" < BASE_EXCEPTION { slots: exception::SIMPLE, };
    ARITHMETIC_ERROR "ArithmeticError" < EXCEPTION { slots: exception::SIMPLE, };
    FLOATING_POINT_ERROR "FloatingPointError" < ARITHMETIC_ERROR { slots: exception::SIMPLE, };
    OVERFLOW_ERROR "OverflowError" < ARITHMETIC_ERROR { slots: exception::SIMPLE, };
    ZERO_DIVISION_ERROR "ZeroDivisionError" < ARITHMETIC_ERROR { slots: exception::SIMPLE, };
    ASSERTION_ERROR "AssertionError" < EXCEPTION { slots: exception::SIMPLE, };
    ATTRIBUTE_ERROR "AttributeError" < EXCEPTION { slots: exception::fields::ATTRIBUTE_ERROR, getsets: exception::fields::ATTRIBUTE_ERROR_FIELDS, methods: exception::pickling::ATTRIBUTE_ERROR_METHODS, };
    BUFFER_ERROR "BufferError" < EXCEPTION { slots: exception::SIMPLE, };
    EOF_ERROR "EOFError" < EXCEPTION { slots: exception::SIMPLE, };
    IMPORT_ERROR "ImportError" < EXCEPTION { slots: exception::fields::IMPORT_ERROR, getsets: exception::fields::IMPORT_ERROR_FIELDS, methods: exception::pickling::IMPORT_ERROR_METHODS, };
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError" < IMPORT_ERROR { slots: exception::fields::sharing(exception::fields::IMPORT_ERROR), };
    LOOKUP_ERROR "LookupError" < EXCEPTION { slots: exception::SIMPLE, };
    INDEX_ERROR "IndexError" < LOOKUP_ERROR { slots: exception::SIMPLE, };
    KEY_ERROR "KeyError" < LOOKUP_ERROR { slots: exception::fields::KEY_ERROR, };
    MEMORY_ERROR "MemoryError" < EXCEPTION { slots: exception::SIMPLE, };
    NAME_ERROR "NameError" < EXCEPTION { slots: exception::fields::NAME_ERROR, getsets: exception::fields::NAME_ERROR_FIELDS, };
    UNBOUND_LOCAL_ERROR "UnboundLocalError" < NAME_ERROR { slots: exception::fields::sharing(exception::fields::NAME_ERROR), };
    OS_ERROR "OSError" < EXCEPTION { slots: exception::fields::OS_ERROR, getsets: exception::fields::OS_ERROR_FIELDS, methods: exception::pickling::OS_ERROR_METHODS, };
    BLOCKING_IO_ERROR "BlockingIOError" < OS_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    CHILD_PROCESS_ERROR "ChildProcessError" < OS_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    CONNECTION_ERROR "ConnectionError" < OS_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    BROKEN_PIPE_ERROR "BrokenPipeError" < CONNECTION_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError" < CONNECTION_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError" < CONNECTION_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    CONNECTION_RESET_ERROR "ConnectionResetError" < CONNECTION_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    FILE_EXISTS_ERROR "FileExistsError" < OS_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    FILE_NOT_FOUND_ERROR "FileNotFoundError" < OS_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    INTERRUPTED_ERROR "InterruptedError" < OS_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    IS_A_DIRECTORY_ERROR "IsADirectoryError" < OS_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    NOT_A_DIRECTORY_ERROR "NotADirectoryError" < OS_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    PERMISSION_ERROR "PermissionError" < OS_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    PROCESS_LOOKUP_ERROR "ProcessLookupError" < OS_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    TIMEOUT_ERROR "TimeoutError" < OS_ERROR { slots: exception::fields::sharing(exception::fields::OS_ERROR), };
    REFERENCE_ERROR "ReferenceError" < EXCEPTION { slots: exception::SIMPLE, };
    RUNTIME_ERROR "RuntimeError" < EXCEPTION { slots: exception::SIMPLE, };
    NOT_IMPLEMENTED_ERROR "NotImplementedError" < RUNTIME_ERROR { slots: exception::SIMPLE, };
    RECURSION_ERROR "RecursionError" < RUNTIME_ERROR { slots: exception::SIMPLE, };
    PYTHON_FINALIZATION_ERROR "PythonFinalizationError" < RUNTIME_ERROR { slots: exception::SIMPLE, };
    STOP_ASYNC_ITERATION "StopAsyncIteration" < EXCEPTION { slots: exception::SIMPLE, };
    STOP_ITERATION "StopIteration" < EXCEPTION { slots: exception::fields::STOP_ITERATION, getsets: exception::fields::STOP_ITERATION_FIELDS, };
    SYNTAX_ERROR "SyntaxError" < EXCEPTION { slots: exception::fields::SYNTAX_ERROR, getsets: exception::fields::SYNTAX_ERROR_FIELDS, };
    INDENTATION_ERROR "IndentationError" < SYNTAX_ERROR { slots: exception::fields::sharing(exception::fields::SYNTAX_ERROR), };
    TAB_ERROR "TabError" < INDENTATION_ERROR { slots: exception::fields::sharing(exception::fields::SYNTAX_ERROR), };
    INCOMPLETE_INPUT_ERROR "_IncompleteInputError" < SYNTAX_ERROR { slots: exception::fields::sharing(exception::fields::SYNTAX_ERROR), };
    SYSTEM_ERROR "SystemError" < EXCEPTION { slots: exception::SIMPLE, };
    TYPE_ERROR "TypeError" < EXCEPTION { slots: exception::SIMPLE, };
    VALUE_ERROR "ValueError" < EXCEPTION { slots: exception::SIMPLE, };
    UNICODE_ERROR "UnicodeError" < VALUE_ERROR { slots: exception::SIMPLE, };
    UNICODE_DECODE_ERROR "UnicodeDecodeError" < UNICODE_ERROR { slots: exception::fields::UNICODE_DECODE_ERROR, getsets: exception::fields::UNICODE_DECODE_ERROR_FIELDS, };
    UNICODE_ENCODE_ERROR "UnicodeEncodeError" < UNICODE_ERROR { slots: exception::fields::UNICODE_ENCODE_ERROR, getsets: exception::fields::UNICODE_ENCODE_ERROR_FIELDS, };
    UNICODE_TRANSLATE_ERROR "UnicodeTranslateError" < UNICODE_ERROR { slots: exception::fields::UNICODE_TRANSLATE_ERROR, getsets: exception::fields::UNICODE_TRANSLATE_ERROR_FIELDS, };
    WARNING "Warning" < EXCEPTION { slots: exception::SIMPLE, };
    BYTES_WARNING "BytesWarning" < WARNING { slots: exception::SIMPLE, };
    DEPRECATION_WARNING "DeprecationWarning" < WARNING { slots: exception::SIMPLE, };
    ENCODING_WARNING "EncodingWarning" < WARNING { slots: exception::SIMPLE, };
    FUTURE_WARNING "FutureWarning" < WARNING { slots: exception::SIMPLE, };
    IMPORT_WARNING "ImportWarning" < WARNING { slots: exception::SIMPLE, };
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning" < WARNING { slots: exception::SIMPLE, };
    RESOURCE_WARNING "ResourceWarning" < WARNING { slots: exception::SIMPLE, };
    RUNTIME_WARNING "RuntimeWarning" < WARNING { slots: exception::SIMPLE, };
    SYNTAX_WARNING "SyntaxWarning" < WARNING { slots: exception::SIMPLE, };
    UNICODE_WARNING "UnicodeWarning" < WARNING { slots: exception::SIMPLE, };
    USER_WARNING "UserWarning" < WARNING { slots: exception::SIMPLE, };
}
