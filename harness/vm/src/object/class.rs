//! Types: what a class is, its slots, and how builtin types are declared.

use crate::heap::{Owned, Ref, keep, keep_clones};
use crate::object::args::Args;
use crate::object::value::Role;
use crate::vm::{PyResult, Vm};
use refdrift_isa::CompareOperator;

pub(crate) type Unary = fn(&mut Vm, Ref) -> PyResult;
pub(crate) type Binary = fn(&mut Vm, Ref, Ref) -> PyResult;
pub(crate) type Ternary = fn(&mut Vm, Ref, Ref, Ref) -> PyResult;
pub(crate) type Inquiry = fn(&mut Vm, Ref) -> PyResult<bool>;
pub(crate) type Setter = fn(&mut Vm, Ref, Option<Ref>) -> PyResult<()>;
pub(crate) type NativeCall = fn(&mut Vm, &Args<'_>) -> PyResult;

/// Declares [`Slots`] and, from the same list, copying and comparing of single slots.
macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident: $kind:ty,)*) => {
        /// What a type can do (`PyTypeObject`'s function slots). A slot borrows its operands and hands back a new reference.
        #[derive(Clone, Copy)]
        pub(crate) struct Slots {
            $($(#[$doc])* pub(crate) $name: Option<$kind>,)*
        }

        impl Slots {
            /// A type that can do nothing.
            pub(crate) const NONE: Self = Self { $($name: None,)* };

            /// Fills what is missing from a base (`inherit_slots`).
            pub(crate) fn inherit(&mut self, base: &Self) {
                $(self.$name = self.$name.or(base.$name);)*
            }
        }
    };
}

slots! {
    /// `__repr__`
    repr: Unary,
    /// `__str__`
    str: Unary,
    /// `__hash__`
    hash: fn(&mut Vm, Ref) -> PyResult<i64>,
    /// `__call__`
    call: fn(&mut Vm, Ref, &Args<'_>) -> PyResult,
    /// `__getattribute__`, `__getattr__`
    getattr: Binary,
    /// `__setattr__`, `__delattr__` (no value)
    setattr: fn(&mut Vm, Ref, Ref, Option<Ref>) -> PyResult<()>,
    /// `__lt__` … `__ge__`
    compare: fn(&mut Vm, Ref, Ref, CompareOperator) -> PyResult,
    /// `__iter__`
    iter: Unary,
    /// `__next__`: none when exhausted, with or without `StopIteration` raised.
    next: fn(&mut Vm, Ref) -> PyResult<Option<Owned>>,
    /// `__get__`
    get: fn(&mut Vm, Ref, Option<Ref>, Option<Ref>) -> PyResult,
    /// `__set__`, `__delete__` (no value)
    set: fn(&mut Vm, Ref, Ref, Option<Ref>) -> PyResult<()>,
    /// `__init__`
    init: fn(&mut Vm, Ref, &Args<'_>) -> PyResult<()>,
    /// `__new__`
    new: fn(&mut Vm, Ref, &Args<'_>) -> PyResult,
    /// `__del__`
    finalize: fn(&mut Vm, Ref) -> PyResult<()>,
    /// `__await__`
    await_: Unary,
    /// `__aiter__`
    aiter: Unary,
    /// `__anext__`
    anext: Unary,
    /// `__add__`, `__radd__`
    add: Binary,
    /// `__and__`, `__rand__`
    and: Binary,
    /// `__floordiv__`, `__rfloordiv__`
    floor_divide: Binary,
    /// `__lshift__`, `__rlshift__`
    lshift: Binary,
    /// `__matmul__`, `__rmatmul__`
    matrix_multiply: Binary,
    /// `__mul__`, `__rmul__`
    multiply: Binary,
    /// `__mod__`, `__rmod__`
    remainder: Binary,
    /// `__or__`, `__ror__`
    or: Binary,
    /// `__pow__`, `__rpow__`; the third operand is `None` or the modulus
    power: Ternary,
    /// `__rshift__`, `__rrshift__`
    rshift: Binary,
    /// `__sub__`, `__rsub__`
    subtract: Binary,
    /// `__truediv__`, `__rtruediv__`
    true_divide: Binary,
    /// `__xor__`, `__rxor__`
    xor: Binary,
    /// `__divmod__`, `__rdivmod__`
    divmod: Binary,
    /// `__iadd__`
    inplace_add: Binary,
    /// `__iand__`
    inplace_and: Binary,
    /// `__ifloordiv__`
    inplace_floor_divide: Binary,
    /// `__ilshift__`
    inplace_lshift: Binary,
    /// `__imatmul__`
    inplace_matrix_multiply: Binary,
    /// `__imul__`
    inplace_multiply: Binary,
    /// `__imod__`
    inplace_remainder: Binary,
    /// `__ior__`
    inplace_or: Binary,
    /// `__ipow__`
    inplace_power: Ternary,
    /// `__irshift__`
    inplace_rshift: Binary,
    /// `__isub__`
    inplace_subtract: Binary,
    /// `__itruediv__`
    inplace_true_divide: Binary,
    /// `__ixor__`
    inplace_xor: Binary,
    /// `__neg__`
    negative: Unary,
    /// `__pos__`
    positive: Unary,
    /// `__abs__`
    absolute: Unary,
    /// `__invert__`
    invert: Unary,
    /// `__bool__`
    bool: Inquiry,
    /// `__int__`
    int: Unary,
    /// `__float__`
    float: Unary,
    /// `__index__`
    index: Unary,
    /// `__len__`
    length: fn(&mut Vm, Ref) -> PyResult<usize>,
    /// `mp_subscript`: `__getitem__`
    subscript: Binary,
    /// `mp_ass_subscript`: `__setitem__`, `__delitem__` (no value)
    ass_subscript: fn(&mut Vm, Ref, Ref, Option<Ref>) -> PyResult<()>,
    /// `sq_item`: `__getitem__` by an index that is already counted from the start
    item: fn(&mut Vm, Ref, i64) -> PyResult,
    /// `__contains__`
    contains: fn(&mut Vm, Ref, Ref) -> PyResult<bool>,
    /// `sq_concat`: `__add__` of a sequence
    concat: Binary,
    /// `sq_repeat`: `__mul__` of a sequence
    repeat: fn(&mut Vm, Ref, i64) -> PyResult,
    /// `sq_inplace_concat`: `__iadd__` of a sequence
    inplace_concat: Binary,
    /// `sq_inplace_repeat`: `__imul__` of a sequence
    inplace_repeat: fn(&mut Vm, Ref, i64) -> PyResult,
}

/// A builtin type, as its file in `types/` declares it.
pub(crate) struct NativeType {
    /// `__name__`
    pub(crate) name: &'static str,
    /// `__module__`
    pub(crate) module: &'static str,
    /// `__base__`; none for `object`.
    pub(crate) base: Option<Ref>,
    /// The other one of two bases.
    pub(crate) second_base: Option<Ref>,
    /// Its own slots; the others come from the base. Each becomes a slot wrapper in `__dict__`.
    pub(crate) slots: Slots,
    /// Its methods.
    pub(crate) methods: &'static [Method],
    /// Its computed attributes.
    pub(crate) getsets: &'static [GetSet],
    /// What it is like.
    pub(crate) flags: Flags,
    /// How CPython makes it.
    pub(crate) making: Making,
    /// The names in its `__dict__`, of a type that the VM does not declare itself.
    pub(crate) names: &'static str,
}

/// How CPython makes a builtin type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Making {
    /// It is a static object (`PyTypeObject`).
    Static,
    /// It is made when its module is (`PyType_FromSpec`), from that minor version on: each instance owns a reference to it.
    FromSpec {
        /// The minor version.
        since: u8,
    },
    /// It is made by a call of `type` (`PyErr_NewException`), and `tp_name` is without the module's name.
    Called,
}

impl Making {
    /// Made with its module, in all versions.
    pub(crate) const SPEC: Self = Self::FromSpec { since: 0 };

    /// Whether it is made at run time, in that minor version.
    pub(crate) fn is_dynamic(self, minor: u8) -> bool {
        match self {
            Self::Static => false,
            Self::FromSpec { since } => minor >= since,
            Self::Called => true,
        }
    }
}

impl NativeType {
    /// A type that adds nothing to `object`: what declarations start from.
    pub(crate) const PLAIN: Self = Self {
        name: "",
        module: "builtins",
        base: Some(crate::types::OBJECT),
        second_base: None,
        slots: Slots::NONE,
        methods: &[],
        getsets: &[],
        flags: Flags(0),
        making: Making::Static,
        names: "",
    };
}

/// What a type is like (`tp_flags` and layout).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flags(pub(crate) u32);

impl Flags {
    /// Python classes may derive from it (`Py_TPFLAGS_BASETYPE`).
    pub(crate) const BASE: u32 = 1;
    /// Its objects can be in cycles (`Py_TPFLAGS_HAVE_GC`).
    pub(crate) const GC: u32 = 2;
    /// Its objects have a `__dict__` of their own accord (functions, exceptions, modules).
    pub(crate) const DICT: u32 = 4;
    /// Its objects can be weakly referenced of their own accord.
    pub(crate) const WEAK: u32 = 8;
    /// A class of the snippet (`Py_TPFLAGS_HEAPTYPE`): its instances own a reference to it, and its attributes can be set.
    pub(crate) const HEAP: u32 = 16;
    /// `Py_TPFLAGS_SEQUENCE`, for pattern matching
    pub(crate) const SEQUENCE: u32 = 32;
    /// `Py_TPFLAGS_MAPPING`, for pattern matching
    pub(crate) const MAPPING: u32 = 64;
    /// `_Py_TPFLAGS_MATCH_SELF`, for pattern matching
    pub(crate) const MATCH_SELF: u32 = 128;
    /// Calling it makes no argument tuple (`tp_vectorcall`).
    pub(crate) const VECTORCALL: u32 = 256;
    /// Its functions bind like methods (`Py_TPFLAGS_METHOD_DESCRIPTOR`).
    pub(crate) const METHOD_DESCRIPTOR: u32 = 512;
    /// Has abstract methods (`Py_TPFLAGS_IS_ABSTRACT`).
    pub(crate) const ABSTRACT: u32 = 1024;
    /// Programs can't call it (`Py_TPFLAGS_DISALLOW_INSTANTIATION`).
    pub(crate) const NO_NEW: u32 = 2048;
    /// A type that CPython makes with its module (see [`Making`]): its instances own a reference to it, and it is counted.
    pub(crate) const FROM_SPEC: u32 = 4096;
    /// Calling its objects makes no argument tuple (`Py_TPFLAGS_HAVE_VECTORCALL`).
    pub(crate) const CALLED_DIRECTLY: u32 = 8192;
    /// Its `tp_dealloc` does not run the finaliser that it inherits.
    pub(crate) const DIES_QUIETLY: u32 = 1 << 20;

    /// It stands for a type written in C: its instances are gone before what they hold.
    pub(crate) const DIES_FIRST: u32 = 1 << 21;

    /// Whether all of `bits` are set.
    pub(crate) fn has(self, bits: u32) -> bool {
        self.0 & bits == bits
    }
}

/// A method of a builtin type, or a builtin function.
pub(crate) struct Method {
    /// `__name__`
    pub(crate) name: &'static str,
    /// What its first argument is.
    pub(crate) kind: MethodKind,
    /// What it takes beside that.
    pub(crate) arity: Arity,
    /// What it does.
    pub(crate) call: NativeCall,
}

/// See [`Method::kind`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MethodKind {
    /// An object of the type.
    Instance,
    /// The type (`METH_CLASS`).
    Class,
    /// Nothing (`METH_STATIC`, module functions).
    Static,
}

/// How many arguments a builtin takes, self left out. What does not fit is a `TypeError` in CPython's words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arity {
    /// None (`METH_NOARGS`).
    None,
    /// One (`METH_O`).
    One,
    /// From … to … positional ones (`METH_FASTCALL`).
    Positional(usize, usize),
    /// The builtin sorts it out itself, keywords too.
    Raw,
    /// The same, and it can't be called without an argument tuple, up to that minor version (`METH_VARARGS | METH_KEYWORDS`).
    Tuple(u8),
    /// Whatever is given: the builtin is not there, and says so.
    Unsupported,
}

/// A computed attribute of a builtin type.
pub(crate) struct GetSet {
    /// Its name.
    pub(crate) name: &'static str,
    /// Reads it.
    pub(crate) get: Unary,
    /// Sets it, or deletes it (no value).
    pub(crate) set: Option<Setter>,
    /// A plain field (`PyMemberDef`): a `member_descriptor`.
    pub(crate) member: bool,
}

/// A type object.
pub(crate) struct Class {
    /// `tp_name`: of a class of the snippet its `__name__`, of a builtin type with its module, unless that is `builtins`.
    pub(crate) name: Box<str>,
    /// `__name__` as an object, of a builtin type that CPython makes at run time.
    pub(crate) name_object: Option<Ref>,
    /// What only classes of the snippet have.
    pub(crate) heap: Option<Box<HeapClass>>,
    /// The builtin type whose layout it shares (itself, for a builtin type).
    pub(crate) native: &'static NativeType,
    /// `__base__`
    pub(crate) base: Option<Owned>,
    /// `__bases__`
    pub(crate) bases: Option<Owned>,
    /// `__mro__`
    pub(crate) mro: Option<Owned>,
    /// `__dict__`; none only while the type is being made.
    pub(crate) dict: Option<Owned>,
    /// What it can do, inherited slots included.
    pub(crate) slots: Slots,
    /// What it is like.
    pub(crate) flags: Flags,
    /// The number of `__slots__` values that its instances have, those of its bases included.
    pub(crate) slot_count: usize,
    /// `__subclasses__()`, not owned.
    pub(crate) subclasses: Vec<Ref>,
}

/// See [`Class::heap`].
pub(crate) struct HeapClass {
    /// `ht_name`
    pub(crate) name: Owned,
    /// `ht_qualname`
    pub(crate) qualname: Owned,
    /// `ht_slots`
    pub(crate) slots: Option<Owned>,
    /// The attribute names that instances share (`ht_cached_keys`).
    pub(crate) keys: Vec<Owned>,
    /// The dicts of instances that have their keys from these names.
    pub(crate) sharers: rustc_hash::FxHashSet<Ref>,
    /// How many names may still join them.
    pub(crate) keys_left: u8,
    /// The shared weak reference to the class, once for each base: they are the bases', out of the collector's sight, until the
    /// class dies.
    pub(crate) subclass_refs: Vec<Owned>,
}

keep_clones!(&'static NativeType, Slots, Flags);
keep!(Class { name, name_object, heap, native, base, bases, mro, dict, slots, flags, slot_count, subclasses });
keep!(HeapClass { name, qualname, slots, keys, sharers, keys_left, subclass_refs });

impl Class {
    /// A builtin type before it is made ready: without bases, attributes and slots.
    pub(crate) fn unready(name: Box<str>, native: &'static NativeType) -> Self {
        Self {
            name,
            name_object: None,
            heap: None,
            native,
            base: None,
            bases: None,
            mro: None,
            dict: None,
            slots: Slots::NONE,
            flags: native.flags,
            slot_count: 0,
            subclasses: Vec::new(),
        }
    }

    /// `__name__`
    pub(crate) fn short_name(&self) -> &str {
        if self.heap.is_some() { &self.name } else { self.native.name }
    }

    /// What a builtin type is called where its module is told, too.
    pub(crate) fn full_name(&self) -> String {
        match self.module_name() {
            "builtins" => self.native.name.to_owned(),
            module => format!("{module}.{}", self.native.name),
        }
    }

    /// `__module__` of a builtin type.
    pub(crate) fn module_name(&self) -> &str {
        self.name.rsplit_once('.').map_or(self.native.module, |(module, _)| module)
    }

    /// Shows every reference that the type owns.
    pub(crate) fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        let heap = self.heap.as_deref();
        for (name, owned) in [
            ("__dict__", self.dict.as_ref()),
            ("__base__", self.base.as_ref()),
            ("__bases__", self.bases.as_ref()),
            ("__mro__", self.mro.as_ref()),
            ("__name__", heap.map(|heap| &heap.name)),
            ("__qualname__", heap.map(|heap| &heap.qualname)),
            ("__slots__", heap.and_then(|heap| heap.slots.as_ref())),
        ] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
        for key in heap.into_iter().flat_map(|heap| &heap.keys) {
            see(Role::Field("shared attribute name"), key.borrow());
        }
    }

    /// Hands over every reference that the type owns (`type_dealloc`).
    pub(crate) fn give_back(mut self, out: &mut Vec<Owned>) {
        if let Some(heap) = &mut self.heap {
            out.append(&mut heap.subclass_refs);
        }
        out.extend(self.base);
        out.extend(self.dict);
        out.extend(self.bases);
        out.extend(self.mro);
        if let Some(heap) = self.heap {
            out.push(heap.name);
            out.push(heap.qualname);
            out.extend(heap.slots);
            out.extend(heap.keys);
        }
    }

    /// Hands over what breaks the cycle that every class is in (`type_clear`): its resolution order. The collector has emptied its
    /// dict.
    pub(crate) fn clear(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.mro.take());
    }
}
