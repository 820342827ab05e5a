//! Struct sequences (`Objects/structseq.c`): tuples whose items have names, some of them out of the tuple's sight.

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{GetSet, Method, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::{Extra, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// The fields of one type of struct sequences.
pub(crate) struct Layout {
    /// Their names in order; `""` for one without.
    pub(crate) names: &'static [&'static str],
    /// How many are items of the tuple.
    pub(crate) visible: usize,
    /// How many of those must be given.
    pub(crate) required: usize,
}

/// The slots that all struct sequences have; `new` is [`construct`] with the type's layout.
pub(crate) const SLOTS: Slots = Slots { repr: Some(repr), ..Slots::NONE };

/// The methods that all struct sequences have.
pub(crate) const METHODS: &[Method] =
    &[unsupported_method!("structseq", "__reduce__"), unsupported_method!("structseq", "__replace__")];

/// The attribute for the field at an index.
pub(crate) const fn field<const INDEX: usize>(name: &'static str) -> GetSet {
    GetSet { name, get: |vm, this| Ok(get(vm, this, INDEX)), set: None, member: true }
}

/// A type of struct sequences: its static, its layout and the attributes of its fields.
macro_rules! struct_sequence {
    ($(#[$doc:meta])* $type:ident, $layout:ident: $module:literal, $name:literal, visible $visible:literal, required $required:literal,
        flags $flags:expr, making $making:expr, [$($field:literal = $index:literal),* $(,)?]) => {
        pub(crate) static $layout: $crate::types::structseq::Layout =
            $crate::types::structseq::Layout { names: &[$($field),*], visible: $visible, required: $required };

        $(#[$doc])*
        pub(crate) static $type: $crate::object::class::NativeType = $crate::object::class::NativeType {
            name: $name,
            module: $module,
            base: Some($crate::types::TUPLE),
            slots: $crate::object::class::Slots {
                new: Some(|vm, class, args| $crate::types::structseq::construct(vm, class, &$layout, args)),
                ..$crate::types::structseq::SLOTS
            },
            methods: $crate::types::structseq::METHODS,
            getsets: &[$($crate::types::structseq::field::<$index>($field)),*],
            flags: $crate::object::class::Flags($flags),
            second_base: None,
            making: $making,
            names: "",
        };
    };
}
pub(crate) use struct_sequence;

impl Vm {
    /// A struct sequence; the values that the tuple does not show come last.
    pub(crate) fn struct_sequence(&mut self, class: Ref, visible: usize, mut values: Vec<Owned>) -> Owned {
        let hidden = values.split_off(visible.min(values.len()));
        let object = self.alloc_instance(class, Value::Tuple(values.into_boxed_slice()));
        if !hidden.is_empty() {
            let slots = hidden.into_iter().map(Some).collect();
            self.heap[object.borrow()].extra = Some(Box::new(Extra { slots, ..Extra::default() }));
        }
        object
    }

    /// What every type of struct sequences says of itself.
    pub(crate) fn describe_struct_sequence(&mut self, class: Ref, layout: &Layout) {
        let unnamed = layout.names.iter().filter(|name| name.is_empty()).count();
        let numbers = [("n_fields", layout.names.len()), ("n_sequence_fields", layout.visible), ("n_unnamed_fields", unnamed)];
        for (name, number) in numbers {
            let number = self.int(number as i64);
            self.set_static_attribute(class, name, number);
        }
        let visible = layout.names[..layout.visible].iter().filter(|name| !name.is_empty());
        let names = visible.map(|name| self.intern(name)).collect();
        let names = self.new_tuple(names);
        self.set_static_attribute(class, "__match_args__", names);
    }

    /// The field of a struct sequence at an index, borrowed.
    pub(crate) fn sequence_field(&self, this: Ref, index: usize) -> Option<Ref> {
        let visible = self.tuple_len(this);
        match index.checked_sub(visible) {
            None => self.tuple_item(this, index),
            Some(hidden) => self.heap[this].extra.as_ref()?.slots.get(hidden)?.as_ref().map(Owned::borrow),
        }
    }
}

fn get(vm: &mut Vm, this: Ref, index: usize) -> Owned {
    let value = vm.sequence_field(this, index).unwrap_or(types::NONE);
    vm.retain(value)
}

/// The layout of a type of struct sequences, as its members tell it.
fn names(native: &NativeType) -> impl Iterator<Item = &'static str> {
    native.getsets.iter().map(|getset| getset.name).filter(|name| !name.is_empty())
}

/// `structseq_repr`: `time.struct_time(tm_year=…, …)`
fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let class = vm.class_of(this);
    let native = vm.class(class).native;
    let mut text = vm.qualified_type_name(class) + "(";
    for (index, name) in names(native).take(vm.tuple_len(this)).enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        text.push_str(name);
        text.push('=');
        if let Some(value) = vm.sequence_field(this, index) {
            vm.push_repr(&mut text, value)?;
        }
    }
    text.push(')');
    Ok(vm.str(text))
}

/// `structseq_new_impl`
pub(crate) fn construct(vm: &mut Vm, class: Ref, layout: &Layout, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "structseq", positional_only: 0, names: &["sequence", "dict"], required: 1, positional: 2 };
    let [sequence, dict] = SIGNATURE.bind::<2>(vm, args)?;
    let sequence = sequence.unwrap_or(types::NONE);
    let sequence = vm.sequence_fast(sequence, "constructor requires a sequence")?;
    if dict.is_some_and(|dict| dict != types::NONE) {
        return Err(vm.unsupported(Missing::Name, "a struct sequence from a dict"));
    }
    let items = vm.items(sequence.borrow()).unwrap_or_default();
    let name = vm.qualified_type_name(class);
    let (given, least, most) = (items.len(), layout.required, layout.names.len());
    let wrong = if least == most {
        (given != least).then(|| format!("{name}() takes a {least}-sequence ({given}-sequence given)"))
    } else if given < least {
        Some(format!("{name}() takes an at least {least}-sequence ({given}-sequence given)"))
    } else if given > most {
        Some(format!("{name}() takes an at most {most}-sequence ({given}-sequence given)"))
    } else {
        None
    };
    if let Some(message) = wrong {
        vm.release(sequence);
        return Err(vm.type_error(message));
    }
    let mut values: Vec<Owned> = items.into_iter().map(|item| vm.retain(item)).collect();
    while values.len() < most {
        values.push(vm.none());
    }
    let object = vm.struct_sequence(class, layout.visible, values);
    vm.release(sequence);
    Ok(object)
}
