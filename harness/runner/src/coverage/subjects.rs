//! The types and modules whose attributes are held against CPython's.

/// What a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A builtin type.
    Type,
    /// A module.
    Module,
}

/// A type, or a module, by the source that leaves it in the global `x`.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) kind: SubjectKind,
    source: &'static str,
}

impl Subject {
    /// A snippet that leaves it in the global `x`.
    pub(super) fn snippet(&self) -> String {
        match self.source {
            "" => format!("import {} as x\n", self.name),
            statements if statements.contains('\n') => statements.to_owned(),
            expression => format!("x = {expression}\n"),
        }
    }
}

const fn named(name: &'static str) -> Subject {
    of(name, name)
}

const fn of(name: &'static str, source: &'static str) -> Subject {
    Subject { name, kind: SubjectKind::Type, source }
}

const fn module(name: &'static str) -> Subject {
    Subject { name, kind: SubjectKind::Module, source: "" }
}

const COROUTINE: &str = "async def f(): pass\nc = f()\nx = type(c)\nc.close()\n";
const ASYNC_GENERATOR: &str = "async def f(): yield\nx = type(f())\n";
const TRACEBACK: &str = "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    x = type(e.__traceback__)\n";
const CELL: &str = "def f():\n    a = 1\n    return lambda: a\nx = type(f().__closure__[0])\n";

/// All of them, types first.
pub(super) static SUBJECTS: &[Subject] = &[
    named("object"),
    named("type"),
    of("NoneType", "type(None)"),
    of("ellipsis", "type(...)"),
    of("NotImplementedType", "type(NotImplemented)"),
    named("bool"),
    named("int"),
    named("float"),
    named("complex"),
    named("str"),
    named("bytes"),
    named("bytearray"),
    named("list"),
    named("tuple"),
    named("dict"),
    of("dict_keys", "type({}.keys())"),
    of("dict_values", "type({}.values())"),
    of("dict_items", "type({}.items())"),
    named("set"),
    named("frozenset"),
    named("range"),
    named("slice"),
    of("function", "type(lambda: 0)"),
    of("method", "class C:\n    def m(self): pass\nx = type(C().m)\n"),
    of("builtin_function_or_method", "type(len)"),
    of("method_descriptor", "type(str.join)"),
    of("classmethod_descriptor", "type(dict.__dict__['fromkeys'])"),
    of("wrapper_descriptor", "type(object.__init__)"),
    of("method-wrapper", "type(object().__str__)"),
    of("getset_descriptor", "type(type.__dict__['__name__'])"),
    of("member_descriptor", "type(slice.start)"),
    named("classmethod"),
    named("staticmethod"),
    named("property"),
    named("super"),
    of("cell", CELL),
    of("generator", "type((lambda: (yield))())"),
    of("coroutine", COROUTINE),
    of("async_generator", ASYNC_GENERATOR),
    of("list_iterator", "type(iter([]))"),
    of("list_reverseiterator", "type(reversed([]))"),
    of("tuple_iterator", "type(iter(()))"),
    of("str_iterator", "type(iter('\\u20ac'))"),
    of("str_ascii_iterator", "type(iter('a'))"),
    of("bytes_iterator", "type(iter(b''))"),
    of("bytearray_iterator", "type(iter(bytearray()))"),
    of("range_iterator", "type(iter(range(1)))"),
    of("longrange_iterator", "type(iter(range(1 << 70)))"),
    of("set_iterator", "type(iter(set()))"),
    of("dict_keyiterator", "type(iter({}))"),
    of("dict_valueiterator", "type(iter({}.values()))"),
    of("dict_itemiterator", "type(iter({}.items()))"),
    of("dict_reversekeyiterator", "type(reversed({}))"),
    of("dict_reversevalueiterator", "type(reversed({}.values()))"),
    of("dict_reverseitemiterator", "type(reversed({}.items()))"),
    of("iterator", "class C:\n    def __getitem__(self, i): raise IndexError\nx = type(iter(C()))\n"),
    of("callable_iterator", "type(iter(int, 1))"),
    named("reversed"),
    named("enumerate"),
    named("zip"),
    named("map"),
    named("filter"),
    of("mappingproxy", "type(int.__dict__)"),
    named("memoryview"),
    of("frame", "import sys\nx = type(sys._getframe())\n"),
    of("traceback", TRACEBACK),
    of("code", "type((lambda: 0).__code__)"),
    of("ReferenceType", "import weakref\nx = weakref.ref\n"),
    of("ProxyType", "import weakref\nx = weakref.ProxyType\n"),
    of("CallableProxyType", "import weakref\nx = weakref.CallableProxyType\n"),
    named("BaseException"),
    named("Exception"),
    named("BaseExceptionGroup"),
    named("ExceptionGroup"),
    named("AttributeError"),
    named("ImportError"),
    named("KeyError"),
    named("NameError"),
    named("OSError"),
    named("StopIteration"),
    named("SyntaxError"),
    named("SystemExit"),
    named("UnicodeDecodeError"),
    named("UnicodeEncodeError"),
    named("UnicodeTranslateError"),
    module("builtins"),
    module("gc"),
    module("sys"),
    module("weakref"),
    module("operator"),
    module("itertools"),
    module("functools"),
    module("collections"),
    module("math"),
    module("types"),
    module("abc"),
    module("copy"),
    module("contextlib"),
    module("enum"),
    module("dataclasses"),
    module("string"),
    module("time"),
    module("random"),
];
