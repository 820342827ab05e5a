//! What an object is: the payload of a heap slot, and what it holds.

use std::any::Any;

use num_bigint::BigInt;

use crate::heap::{Keep, Owned, Ref, keep};
use crate::object::class::Class;
use crate::types::code::CodeRef;
use crate::types::dict::Dict;
use crate::types::exception::Exception;
use crate::types::frame::FrameObject;
use crate::types::function::{Function, NativeFunction};
use crate::types::generator::Generator;
use crate::types::module::Module;
use crate::types::set::Set;
use crate::types::str::Str;

/// The payload of an object. The types whose objects are everywhere have a variant of their own, the others are [`Native`].
pub(crate) enum Value {
    /// No object: a free slot.
    Free,
    /// `None`, `...`, `NotImplemented`, and plain instances of Python classes: the type says it all.
    Plain,
    /// An `int` that fits; also `bool`.
    Int(i64),
    /// Any other `int`.
    BigInt(Box<BigInt>),
    /// `float`
    Float(f64),
    /// `str`
    Str(Box<Str>),
    /// `tuple`
    Tuple(Box<[Owned]>),
    /// `list`
    List(Vec<Owned>),
    /// `dict`
    Dict(Box<Dict>),
    /// `set` and `frozenset`
    Set(Box<Set>),
    /// A Python function.
    Function(Box<Function>),
    /// A function, and what it is bound to.
    Method(Owned, Owned),
    /// A builtin function, a method of a builtin type, or a slot of one.
    NativeFunction(Box<NativeFunction>),
    /// A variable that functions share.
    Cell(Option<Owned>),
    /// A code object.
    Code(CodeRef),
    /// A type.
    Type(Box<Class>),
    /// A module.
    Module(Box<Module>),
    /// An exception.
    Exception(Box<Exception>),
    /// A frame.
    Frame(Box<FrameObject>),
    /// A generator, coroutine or asynchronous generator.
    Generator(Box<Generator>),
    /// Iterator over a `range`: next, step, how many are left.
    RangeIterator(i64, i64, u64),
    /// Iterator over a list or tuple by index; empty-handed once exhausted.
    SequenceIterator(Option<Owned>, usize),
    /// Anything else.
    Native(Box<dyn Native>),
}

/// What is particular to one builtin type's objects, for the types that have no variant of their own in [`Value`].
pub(crate) trait Native: Any + Send {
    /// Shows every reference that the object owns.
    fn visit(&self, see: &mut dyn FnMut(Role, Ref));

    /// Shows what it owns where that is not what the collector sees, which [`Native::visit`] shows (`tp_traverse`).
    fn owns(&self, see: &mut dyn FnMut(Ref)) {
        self.visit(&mut |_, held| see(held));
    }

    /// Hands over every reference that the object owns, in the order in which CPython's `tp_dealloc` lets go of them.
    fn give_back(&mut self, out: &mut Vec<Owned>);

    /// Hands over what CPython's `tp_clear` lets go of when the collector breaks a cycle; nothing for a type without one.
    fn clear(&mut self, out: &mut Vec<Owned>) {
        self.give_back(out);
    }

    /// The object that it refers to without owning it, and among whose [`Extra::weakrefs`] it stands.
    fn weak_target(&self) -> Option<Ref> {
        None
    }

    /// That object is gone, or about to go.
    fn lose_weak_target(&mut self) {}

    /// Whether calling it makes no argument tuple, if its type's objects can be called without (`tp_vectorcall_offset`).
    fn is_called_directly(&self) -> bool {
        true
    }

    /// A copy to put aside before a run changes it, if it is of a kind that library objects often are: see [`Keep`].
    fn kept(&self) -> Option<Box<dyn Native>> {
        None
    }

    /// Where its `__dict__` is, if its type gives it one of its own accord.
    fn dict_place(&mut self) -> Option<&mut Option<Owned>> {
        None
    }

    /// Its `__dict__`, once there is one.
    fn own_dict(&self) -> Option<Ref> {
        None
    }
}

impl dyn Native {
    /// The payload as what it is.
    pub(crate) fn downcast<T: Native>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }

    /// The payload as what it is.
    pub(crate) fn downcast_mut<T: Native>(&mut self) -> Option<&mut T> {
        (self as &mut dyn Any).downcast_mut()
    }
}

/// As what an object holds a reference: the words of reports.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    /// `item 3`
    Item(usize),
    /// A key of a dict or an element of a set.
    Key,
    /// The value under this key.
    Value(Ref),
    /// An attribute, by its name.
    Attribute(Ref),
    /// A field that programs don't see as an attribute.
    Field(&'static str),
    /// A variable of a frame that does not run.
    Local(Ref),
    /// A slot of the value stack of a frame that does not run.
    Stack(usize),
    /// What a class's `__slots__` name, by the index in their member descriptors.
    Slot(usize),
}

/// What instances of Python classes have beside the value they inherit.
#[derive(Default)]
pub(crate) struct Extra {
    /// `__dict__`
    pub(crate) dict: InstanceDict,
    /// Allocated room for attributes, while `dict` holds none.
    pub(crate) room: InlineValues,
    /// The values of `__slots__`, by the index in their member descriptors.
    pub(crate) slots: Vec<Option<Owned>>,
    /// The weak references to it: the shared one without a callback, then the others, newest first. They are not owned: they
    /// unhook themselves when they die.
    pub(crate) weakrefs: Vec<Ref>,
}

/// The attributes of an instance.
#[derive(Default)]
pub(crate) enum InstanceDict {
    /// It has none (yet).
    #[default]
    None,
    /// Values under the keys that its class shares among all instances.
    Values(InlineValues),
    /// A real dict: somebody asked for `__dict__`, or the keys could not be shared.
    Dict(Owned),
}

/// Attribute values in the order of the class's shared keys (`PyDictValues` in `Objects/dictobject.c`).
#[derive(Default)]
pub(crate) struct InlineValues {
    /// By index of the shared key.
    pub(crate) values: Vec<Option<Owned>>,
    /// The indices in the order in which they were set.
    pub(crate) order: Vec<u8>,
}

impl Value {
    /// Shows every reference that the value owns.
    pub(crate) fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        let mut field = |name: &'static str, owned: Option<&Owned>| {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        };
        match self {
            Self::Free | Self::Plain | Self::Int(_) | Self::BigInt(_) | Self::Float(_) | Self::Str(_) => {}
            Self::Code(code) => {
                code.referents().filter(|_| code.owns).for_each(|object| see(Role::Field("co_consts, co_names"), object));
            }
            Self::RangeIterator(..) => {}
            // Both from the last item to the first.
            Self::Tuple(items) => items.iter().enumerate().rev().for_each(|(i, item)| see(Role::Item(i), item.borrow())),
            Self::List(items) => items.iter().enumerate().rev().for_each(|(i, item)| see(Role::Item(i), item.borrow())),
            Self::Dict(dict) => dict.visit(see),
            Self::Set(set) => set.visit(see),
            Self::Function(function) => function.visit(see),
            Self::NativeFunction(function) => {
                field("bound object", function.bound.as_ref());
                field("__objclass__", function.owner.as_ref());
                field("__name__", function.own_name.as_ref());
            }
            Self::Method(function, this) => {
                field("function", Some(function));
                field("self", Some(this));
            }
            Self::Cell(content) => field("content", content.as_ref()),
            Self::SequenceIterator(sequence, _) => field("sequence", sequence.as_ref()),
            Self::Type(class) => class.visit(see),
            Self::Module(module) => {
                field("dict", Some(&module.dict));
                field("name", module.name_object.as_ref());
            }
            Self::Exception(exception) => exception.visit(see),
            Self::Frame(frame) => frame.visit(see),
            Self::Generator(generator) => generator.visit(see),
            Self::Native(native) => native.visit(see),
        }
    }

    /// Hands over every reference that the value owns, the first to be released first.
    pub(crate) fn give_back(self, out: &mut Vec<Owned>) {
        match self {
            Self::Free | Self::Plain | Self::Int(_) | Self::BigInt(_) | Self::Float(_) | Self::Str(_) => {}
            Self::Code(code) => out.extend(code.referents().filter(|_| code.owns).map(Owned::adopt)),
            Self::RangeIterator(..) => {}
            // Both from the last item to the first.
            Self::Tuple(items) => out.extend(items.into_vec().into_iter().rev()),
            Self::List(items) => out.extend(items.into_iter().rev()),
            Self::Dict(dict) => dict.give_back(out),
            Self::Set(set) => set.give_back(out),
            Self::Function(function) => function.give_back(out),
            Self::NativeFunction(function) => out.extend([function.owner, function.own_name, function.bound].into_iter().flatten()),
            Self::Method(function, this) => out.extend([function, this]),
            Self::Cell(content) => out.extend(content),
            Self::SequenceIterator(sequence, _) => out.extend(sequence),
            Self::Type(class) => class.give_back(out),
            Self::Module(module) => {
                out.push(module.dict);
                out.extend(module.name_object);
            }
            Self::Exception(exception) => exception.give_back(out),
            Self::Frame(frame) => frame.give_back(out),
            Self::Generator(generator) => generator.give_back(out),
            Self::Native(mut native) => native.give_back(out),
        }
    }

    /// Hands over what `tp_clear` lets go of, the first to be released first. The value stays, empty.
    pub(crate) fn clear(&mut self, out: &mut Vec<Owned>) {
        match self {
            Self::List(items) => out.extend(std::mem::take(items).into_iter().rev()),
            Self::Dict(dict) => std::mem::take(&mut **dict).give_back(out),
            Self::Set(set) => set.take().give_back(out),
            Self::Function(function) => function.clear(out),
            Self::Cell(content) => out.extend(content.take()),
            Self::Type(class) => class.clear(out),
            Self::Exception(exception) => exception.clear(out),
            Self::Frame(frame) => frame.clear(out),
            Self::Native(native) => native.clear(out),
            _ => {}
        }
    }
}

impl Value {
    /// A copy to put aside before a run changes it; none of what no run finds there, or what only its own type knows.
    pub(crate) fn kept(&self) -> Option<Self> {
        Some(match self {
            Self::Free => Self::Free,
            Self::Plain => Self::Plain,
            Self::Int(value) => Self::Int(*value),
            Self::BigInt(value) => Self::BigInt(value.clone()),
            Self::Float(value) => Self::Float(*value),
            Self::Str(text) => Self::Str(text.kept()),
            Self::Tuple(items) => Self::Tuple(items.kept()),
            Self::List(items) => Self::List(items.kept()),
            Self::Dict(dict) => Self::Dict(Box::new(dict.kept()?)),
            Self::Set(set) => Self::Set(set.kept()),
            Self::Function(function) => Self::Function(function.kept()),
            Self::Method(function, this) => Self::Method(function.kept(), this.kept()),
            Self::NativeFunction(function) => Self::NativeFunction(function.kept()),
            Self::Cell(content) => Self::Cell(content.kept()),
            Self::Code(code) => Self::Code(CodeRef::clone(code)),
            Self::Type(class) => Self::Type(class.kept()),
            Self::Module(module) => Self::Module(module.kept()),
            Self::Native(native) => Self::Native(native.kept()?),
            Self::Exception(_) | Self::Frame(_) | Self::Generator(_) | Self::RangeIterator(..) | Self::SequenceIterator(..) => {
                return None;
            }
        })
    }
}

keep!(Extra { dict, room, slots, weakrefs });
keep!(InlineValues { values, order });

impl Keep for InstanceDict {
    fn kept(&self) -> Self {
        match self {
            Self::None => Self::None,
            Self::Values(inline) => Self::Values(inline.kept()),
            Self::Dict(dict) => Self::Dict(dict.kept()),
        }
    }
}

impl Extra {
    /// Shows every reference that the instance owns beside its value; `keys` are the names that its class shares.
    pub(crate) fn visit(&self, keys: &[Owned], see: &mut dyn FnMut(Role, Ref)) {
        match &self.dict {
            InstanceDict::None => {}
            InstanceDict::Values(inline) => {
                for (value, key) in inline.values.iter().zip(keys) {
                    if let Some(value) = value {
                        see(Role::Attribute(key.borrow()), value.borrow());
                    }
                }
            }
            InstanceDict::Dict(dict) => see(Role::Field("__dict__"), dict.borrow()),
        }
        for (index, value) in self.slots.iter().enumerate() {
            if let Some(value) = value {
                see(Role::Slot(index), value.borrow());
            }
        }
    }

    /// Hands over the slots, then the attributes (`subtype_dealloc`).
    pub(crate) fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.slots.drain(..).flatten());
        match std::mem::take(&mut self.dict) {
            InstanceDict::None => {}
            InstanceDict::Values(inline) => {
                self.room = inline;
                self.room.order.clear();
                out.extend(self.room.values.drain(..).flatten());
            }
            InstanceDict::Dict(dict) => out.push(dict),
        }
    }

    /// Where the value under the shared key of that index goes; `fresh`: it may be the first one. None if it goes into a dict.
    #[inline]
    pub(crate) fn value_place(&mut self, index: usize, fresh: bool) -> Option<&mut Option<Owned>> {
        if fresh && matches!(self.dict, InstanceDict::None) {
            self.dict = InstanceDict::Values(std::mem::take(&mut self.room));
        }
        let InstanceDict::Values(inline) = &mut self.dict else { return None };
        if inline.values.len() <= index {
            inline.values.resize_with(index + 1, || None);
        }
        if inline.values[index].is_none() {
            inline.order.push(index as u8);
        }
        Some(&mut inline.values[index])
    }

    /// Forgets everything but the room that is allocated. Whatever it owned has been handed over.
    pub(crate) fn empty(&mut self) {
        self.dict = InstanceDict::None;
        self.slots.clear();
        self.weakrefs.clear();
    }
}
