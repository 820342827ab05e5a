//! `typing.TypeAliasType`: what a `type` statement makes.

use super::{caller, unpack_all};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types::{self, generic};
use crate::vm::{PyResult, Vm};

/// A type alias; its value is computed when somebody asks for it.
#[derive(Default)]
struct TypeAlias {
    name: Option<Owned>,
    parameters: Option<Owned>,
    compute: Option<Owned>,
    value: Option<Owned>,
    module: Option<Owned>,
}

impl TypeAlias {
    fn fields(&mut self) -> [&mut Option<Owned>; 5] {
        [&mut self.name, &mut self.parameters, &mut self.compute, &mut self.value, &mut self.module]
    }
}

impl Native for TypeAlias {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [
            ("__name__", &self.name),
            ("__type_params__", &self.parameters),
            ("function of the value", &self.compute),
            ("__value__", &self.value),
            ("__module__", &self.module),
        ] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.fields().into_iter().filter_map(Option::take));
    }

    /// The name stays.
    fn clear(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.fields().into_iter().skip(1).filter_map(Option::take));
    }
}

const NAME: GetSet = GetSet { name: "__name__", get: name, set: None, member: true };

/// `typing.TypeAliasType`
pub(crate) static TYPE_ALIAS_TYPE: NativeType = NativeType {
    name: "TypeAliasType",
    module: "typing",
    slots: Slots { repr: Some(name), or: Some(generic::type_or), subscript: Some(subscript), new: Some(new), ..Slots::NONE },
    methods: &[Method {
        name: "__reduce__",
        kind: MethodKind::Instance,
        arity: Arity::None,
        call: |vm, args| name(vm, args.this()),
    }],
    getsets: &[
        NAME,
        GetSet {
            name: "__parameters__",
            get: |vm, this| match field(vm, this, |alias| &alias.parameters) {
                Some(parameters) => unpack_all(vm, parameters),
                None => Ok(vm.tuple_of(&[])),
            },
            set: None,
            member: false,
        },
        GetSet {
            name: "__type_params__",
            get: |vm, this| {
                let parameters = field(vm, this, |alias| &alias.parameters).unwrap_or(types::EMPTY_TUPLE);
                Ok(vm.retain(parameters))
            },
            set: None,
            member: false,
        },
        GetSet { name: "__value__", get: value, set: None, member: false },
        GetSet { name: "__module__", get: module, set: None, member: false },
    ],
    flags: Flags(Flags::GC),
    ..NativeType::PLAIN
};

fn field(vm: &Vm, this: Ref, field: fn(&TypeAlias) -> &Option<Owned>) -> Option<Ref> {
    vm.payload::<TypeAlias>(this).and_then(|alias| field(alias).as_ref()).map(Owned::borrow)
}

fn name(vm: &mut Vm, this: Ref) -> PyResult {
    let name = field(vm, this, |alias| &alias.name).unwrap_or(types::NONE);
    Ok(vm.retain(name))
}

fn value(vm: &mut Vm, this: Ref) -> PyResult {
    if let Some(value) = field(vm, this, |alias| &alias.value) {
        return Ok(vm.retain(value));
    }
    let compute = field(vm, this, |alias| &alias.compute).unwrap_or(types::NONE);
    let value = vm.call_pos(compute, &[])?;
    let kept = vm.retain(value.borrow());
    // What the function has asked for itself meanwhile is overwritten, and leaks.
    if let Some(leaked) = vm.payload_mut::<TypeAlias>(this).and_then(|alias| alias.value.replace(kept)) {
        vm.keep_for_good(leaked);
    }
    Ok(value)
}

fn module(vm: &mut Vm, this: Ref) -> PyResult {
    let module = field(vm, this, |alias| &alias.module).or_else(|| {
        let compute = field(vm, this, |alias| &alias.compute)?;
        vm.function(compute)?.fields.module.as_ref().map(Owned::borrow)
    });
    Ok(vm.retain(module.unwrap_or(types::NONE)))
}

fn subscript(vm: &mut Vm, this: Ref, args: Ref) -> PyResult {
    if field(vm, this, |alias| &alias.parameters).is_none() {
        return Err(vm.type_error("Only generic type aliases are subscriptable"));
    }
    Ok(vm.generic_alias(this, args))
}

fn new(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult {
    let names = &["name", "value", "type_params"];
    let signature = Signature { function: "typealias", positional_only: 0, names, required: 2, positional: 2 };
    let [name, value, parameters] = signature.bind(vm, args)?;
    let name = name.unwrap_or(types::NONE);
    if vm.text(name).is_none() {
        let got = vm.type_name(name);
        return Err(vm.type_error(format!("typealias() argument 'name' must be str, not {got}")));
    }
    if parameters.is_some_and(|parameters| vm.tuple(parameters).is_none()) {
        return Err(vm.type_error("type_params must be a tuple"));
    }
    let module = caller(vm);
    let alias = TypeAlias { value: vm.retain_option(value), module: Some(module), ..TypeAlias::default() };
    Ok(make(vm, alias, name, parameters))
}

fn make(vm: &mut Vm, mut alias: TypeAlias, name: Ref, parameters: Option<Ref>) -> Owned {
    alias.name = Some(vm.retain(name));
    let parameters = parameters.filter(|&parameters| vm.tuple(parameters).is_some_and(|items| !items.is_empty()));
    alias.parameters = vm.retain_option(parameters);
    vm.make_tracked(types::TYPE_ALIAS_TYPE, Value::Native(Box::new(alias)))
}

impl Vm {
    /// `TYPEALIAS`: of a tuple of name, type parameters and the function that computes the value.
    pub(crate) fn type_alias(&mut self, parts: Ref) -> PyResult {
        let Some(&[name, parameters, compute]) = self.items(parts).as_deref() else {
            return Err(self.type_error("a type alias has three parts"));
        };
        let alias = TypeAlias { compute: Some(self.retain(compute)), ..TypeAlias::default() };
        Ok(make(self, alias, name, Some(parameters)))
    }
}
