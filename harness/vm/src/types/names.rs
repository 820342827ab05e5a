//! The names that the VM itself asks for, as interned strings at fixed places.

use crate::heap::Ref;

macro_rules! names {
    ($($name:ident = $text:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u32)]
        enum Place { $($name,)* }

        $(
            #[allow(dead_code, reason = "the table is whole, whoever asks")]
            pub(crate) const $name: Ref = Ref::at(super::FIXED_END + Place::$name as u32);
        )*

        /// All of them, in the order of their places.
        pub(crate) static ALL: &[&str] = &[$($text,)*];
    };
}

names! {
    ABS = "__abs__"; ADD = "__add__"; AITER = "__aiter__"; AND = "__and__"; ANEXT = "__anext__"; ANNOTATIONS = "__annotations__";
    AWAIT = "__await__"; BOOL = "__bool__"; BUILD_CLASS = "__build_class__"; BUILTINS = "__builtins__"; CALL = "__call__";
    CLASS = "__class__"; CLASSCELL = "__classcell__"; CLASSDICTCELL = "__classdictcell__"; CLASS_GETITEM = "__class_getitem__"; CONTAINS = "__contains__"; DEL = "__del__";
    DELATTR = "__delattr__"; DELETE = "__delete__"; DELITEM = "__delitem__"; DICT = "__dict__"; DIVMOD = "__divmod__"; DOC = "__doc__";
    ENTER = "__enter__"; EQ = "__eq__"; EXIT = "__exit__"; FLOAT = "__float__"; FLOORDIV = "__floordiv__"; FORMAT = "__format__";
    GE = "__ge__"; GET = "__get__"; GETATTR = "__getattr__"; GETATTRIBUTE = "__getattribute__"; GETITEM = "__getitem__"; GT = "__gt__";
    HASH = "__hash__"; IADD = "__iadd__"; IAND = "__iand__"; IFLOORDIV = "__ifloordiv__"; ILSHIFT = "__ilshift__";
    IMATMUL = "__imatmul__"; IMOD = "__imod__"; IMUL = "__imul__"; INDEX = "__index__"; INIT = "__init__";
    INIT_SUBCLASS = "__init_subclass__"; INSTANCECHECK = "__instancecheck__"; INT = "__int__"; INVERT = "__invert__"; IOR = "__ior__";
    IPOW = "__ipow__"; IRSHIFT = "__irshift__"; ISUB = "__isub__"; ITER = "__iter__"; ITRUEDIV = "__itruediv__"; IXOR = "__ixor__";
    LE = "__le__"; LEN = "__len__"; LENGTH_HINT = "__length_hint__"; LSHIFT = "__lshift__"; LT = "__lt__"; MAIN = "__main__";
    MATMUL = "__matmul__"; METACLASS = "metaclass"; MOD = "__mod__"; MODULE = "__module__"; MRO_ENTRIES = "__mro_entries__"; MRO = "mro";
    MUL = "__mul__"; NAME = "__name__"; NE = "__ne__"; NEG = "__neg__"; NEW = "__new__"; NEXT = "__next__"; OR = "__or__";
    POS = "__pos__"; POW = "__pow__"; PREPARE = "__prepare__"; QUALNAME = "__qualname__"; RADD = "__radd__"; RAND = "__rand__";
    RDIVMOD = "__rdivmod__"; REPR = "__repr__"; REVERSED = "__reversed__"; RFLOORDIV = "__rfloordiv__"; RLSHIFT = "__rlshift__";
    RMATMUL = "__rmatmul__"; RMOD = "__rmod__"; RMUL = "__rmul__"; ROR = "__ror__"; ROUND = "__round__"; RPOW = "__rpow__";
    RRSHIFT = "__rrshift__"; RSHIFT = "__rshift__"; RSUB = "__rsub__"; RTRUEDIV = "__rtruediv__"; RXOR = "__rxor__"; SET = "__set__";
    SETATTR = "__setattr__"; SETITEM = "__setitem__"; SET_NAME = "__set_name__"; SLOTS = "__slots__"; STR = "__str__"; SUB = "__sub__";
    SUBCLASSCHECK = "__subclasscheck__"; TRUEDIV = "__truediv__"; WEAKREF = "__weakref__"; XOR = "__xor__"; LAMBDA = "<lambda>";
    CLOSE = "close"; SEND = "send"; THROW = "throw"; FILE = "__file__"; BASES = "__bases__"; SPEC = "__spec__"; LOADER = "__loader__";
    PACKAGE = "__package__"; CACHED = "__cached__"; PATH = "__path__"; MISSING = "__missing__"; HASH_TRUNC = "__trunc__"; COPY = "copy"; ABSTRACT = "__abstractmethods__";
    ISABSTRACT = "__isabstractmethod__"; MATCH_ARGS = "__match_args__"; SUBCLASSHOOK = "__subclasshook__";
    TYPE_PARAMS = "__type_params__"; AENTER = "__aenter__"; AEXIT = "__aexit__"; KEYS = "keys"; WRAPPED = "__wrapped__"; SELF = "__self__";
    GET_METHOD = "get"; SLOT_NAMES = "__slotnames__"; TRUE_TEXT = "True"; FALSE_TEXT = "False";
    LIST_INDEX = "list index out of range"; UTF_8 = "utf-8"; STATIC_ATTRIBUTES = "__static_attributes__"; FIRSTLINENO = "__firstlineno__";
}
