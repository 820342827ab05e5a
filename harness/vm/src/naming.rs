//! What objects that existed before the snippet are called in a trajectory: the observer's rule, word for word.

use crate::heap::{Owned, Ref};
use crate::object::class::MethodKind;
use crate::object::value::Value;
use crate::types;
use crate::types::function::NativeKind;
use crate::vm::Vm;

impl Vm {
    /// The name of an object that lives as long as the VM.
    pub(crate) fn static_name(&self, object: Ref) -> String {
        let class = self.class_of(object);
        // An instance of a class made by Python code is only one of its class.
        let made_by_python = self.class(class).heap.is_some();
        match &self.heap[object].value {
            Value::Int(_) | Value::BigInt(_) | Value::Str(_) | Value::Tuple(_) | Value::Native(_) if made_by_python => {
                self.class(class).short_name().to_owned()
            }
            Value::Plain => match object {
                types::NONE => "None".to_owned(),
                types::ELLIPSIS => "Ellipsis".to_owned(),
                types::NOT_IMPLEMENTED => "NotImplemented".to_owned(),
                _ => self.class(class).short_name().to_owned(),
            },
            Value::Int(value) if class == types::BOOL => if *value == 1 { "True" } else { "False" }.to_owned(),
            Value::Int(value) => format!("int {value}"),
            Value::BigInt(value) => format!("int {value}"),
            Value::Str(text) => format!("str {}", types::str::str_repr(self.unicode(), &text.text)),
            Value::Tuple(items) if items.is_empty() => "tuple ()".to_owned(),
            Value::Type(payload) if payload.heap.is_none() => payload.full_name(),
            Value::Type(payload) => {
                let module = self.class_attribute(object, types::names::MODULE).and_then(|module| self.text(module));
                let qualname = payload.heap.as_ref().map(|heap| self.expect_text(heap.qualname.borrow()));
                format!("{}.{}", module.unwrap_or("?"), qualname.unwrap_or("?"))
            }
            Value::Function(function) => {
                let module = function.fields.module.as_ref().and_then(|module| self.text(module.borrow()));
                format!("{}.{}", module.unwrap_or("?"), self.expect_text(function.qualname.borrow()))
            }
            Value::Module(module) => {
                let name = self.dict_get_str(module.dict.borrow(), "__name__").and_then(|name| self.text(name));
                format!("module {}", name.unwrap_or(&module.name))
            }
            Value::NativeFunction(function) => {
                let bound = function.bound.as_ref().map(Owned::borrow);
                if bound.is_some_and(|bound| !matches!(self.heap[bound].value, Value::Type(_) | Value::Module(_))) {
                    return self.class(class).short_name().to_owned();
                }
                let bound_to_module = function.class.is_none() && function.home == "builtins";
                match function.what {
                    NativeKind::Method(_) if bound_to_module => function.name.to_owned(),
                    // A static method of a type says nothing of where it is from.
                    NativeKind::Method(method) if method.kind == MethodKind::Static && function.class.is_some() => {
                        self.class(class).short_name().to_owned()
                    }
                    _ if function.class.is_none() => format!("{}.{}", self.module_name(function.home), function.name),
                    _ => format!("{}.{}", function.home, function.name),
                }
            }
            Value::Native(_) if class == types::BYTES => match self.bytes_value(object) {
                Some(data) => format!("bytes {}", types::bytes::bytes_repr(data)),
                None => "bytes".to_owned(),
            },
            _ => self.class(class).short_name().to_owned(),
        }
    }

    /// What a module of the VM's own calls itself: `_io` is `io`.
    fn module_name<'a>(&'a self, home: &'a str) -> &'a str {
        let dict = self.modules.get(home).and_then(|&module| self.own_dict(module));
        dict.and_then(|dict| self.dict_get_str(dict, "__name__")).and_then(|name| self.text(name)).unwrap_or(home)
    }
}
