//! Code objects.

use std::sync::{Arc, OnceLock};

use refdrift_isa::{Code, CompareOperator};
use refdrift_trace::{CodeId, CodeObject, SlotKind, flags};

use crate::api::Missing;
use crate::eval::cache::Cache;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::value::Value;
use crate::types::{self, code_parts};
use crate::vm::{PyResult, Vm};

/// A code object as the VM runs it, shared by the code object on the heap and the frames that run it.
pub(crate) type CodeRef = Arc<RunnableCode>;

/// A decoded code object, with its constants and names as objects.
#[expect(clippy::struct_excessive_bools, reason = "any of them goes with any other")]
pub(crate) struct RunnableCode {
    /// Its number in the unit.
    pub(crate) id: CodeId,
    /// It belongs to the snippet: what it does is recorded.
    pub(crate) traced: bool,
    /// It was compiled at run time and owns what it refers to: it may die.
    pub(crate) owns: bool,
    /// It is a native function's twin: see `library::native`.
    pub(crate) twin: bool,
    /// It has a constant that the VM has no object for, and can't be run.
    pub(crate) unrepresentable: bool,
    /// Its instructions.
    pub(crate) code: Arc<Code>,
    /// The rest of it.
    pub(crate) object: Arc<CodeObject>,
    /// The code object on the heap.
    pub(crate) this: Ref,
    /// Its docstring, if it has one.
    pub(crate) docstring: Option<Ref>,
    pub(crate) name: Ref,
    pub(crate) qualname: Ref,
    /// `co_filename`
    pub(crate) filename: Ref,
    /// `co_consts`
    pub(crate) consts: Box<[Ref]>,
    /// `co_names`
    pub(crate) names: Box<[Ref]>,
    /// `co_localsplusnames`
    pub(crate) locals: Box<[Ref]>,
    /// What its instructions remember, once it has run.
    pub(crate) caches: OnceLock<Box<[Cache]>>,
    /// How many arguments it takes, if all of them are positional and there are no stars.
    pub(crate) plain_arity: Option<usize>,
}

impl RunnableCode {
    /// Whether a call with so many positional arguments, and no others, binds each parameter to one.
    pub(crate) fn takes_exactly(&self, count: usize) -> bool {
        self.plain_arity == Some(count)
    }

    /// How many arguments a code object takes, if all of them are positional and there are no stars.
    pub(crate) fn plain_arity(object: &CodeObject) -> Option<usize> {
        let plain = object.kwonlyargcount == 0 && object.flags & (flags::VARARGS | flags::VARKEYWORDS) == 0;
        plain.then_some(object.argcount as usize)
    }

    /// What each instruction remembers.
    #[inline]
    pub(crate) fn caches(&self) -> &[Cache] {
        self.caches.get_or_init(|| self.code.instrs.iter().map(|_| Cache::default()).collect())
    }

    /// Everything that it refers to, once for each reference.
    pub(crate) fn referents(&self) -> impl Iterator<Item = Ref> {
        let lists = [&self.consts, &self.names, &self.locals];
        // What is empty in it is the one empty tuple, or bytes.
        let tuples = lists.into_iter().filter(|list| list.is_empty()).map(|_| types::EMPTY_TUPLE);
        let tables = [&self.object.exceptiontable, &self.object.localspluskinds];
        let tables = tables.into_iter().filter(|table| table.is_empty()).map(|_| types::EMPTY_BYTES);
        lists.into_iter().flatten().copied().chain([self.filename, self.name, self.qualname]).chain(tuples).chain(tables)
    }
}

/// A number of the code object.
macro_rules! number {
    ($name:literal, $number:expr) => {
        GetSet {
            name: $name,
            get: |vm, this| {
                let number: fn(&CodeObject) -> u32 = $number;
                let value = of(vm, this).map_or(0, |code| number(&code.object));
                Ok(vm.int(i64::from(value)))
            },
            set: None,
            member: true,
        }
    };
}

/// An object of the code object.
macro_rules! object {
    ($name:literal, $field:ident) => {
        GetSet {
            name: $name,
            get: |vm, this| {
                let found = of(vm, this).map_or(types::NONE, |code| code.$field);
                Ok(vm.retain(found))
            },
            set: None,
            member: true,
        }
    };
}

/// `code`
pub(crate) static TYPE: NativeType = NativeType {
    name: "code",
    slots: Slots {
        repr: Some(repr),
        hash: Some(|vm, _| Err(vm.unsupported(Missing::Name, "the hash of a code object"))),
        compare: Some(compare),
        new: Some(|vm, _, _| Err(vm.unsupported(Missing::Name, "types.CodeType(…)"))),
        ..Slots::NONE
    },
    getsets: &[
        code_parts::CONSTS,
        code_parts::NAMES,
        code_parts::VARNAMES,
        code_parts::CELLVARS,
        code_parts::FREEVARS,
        code_parts::CODE,
        code_parts::LINE_TABLE,
        code_parts::EXCEPTION_TABLE,
        object!("co_name", name),
        object!("co_qualname", qualname),
        object!("co_filename", filename),
        number!("co_argcount", |code| code.argcount),
        number!("co_posonlyargcount", |code| code.posonlyargcount),
        number!("co_kwonlyargcount", |code| code.kwonlyargcount),
        number!("co_stacksize", |code| code.stacksize),
        number!("co_flags", |code| code.flags),
        number!("co_firstlineno", |code| code.firstlineno),
        number!("co_nlocals", |code| code.localspluskinds.iter().filter(|&kind| kind & SlotKind::LOCAL != 0).count() as u32),
    ],
    methods: &[
        Method { name: "_varname_from_oparg", kind: MethodKind::Instance, arity: Arity::One, call: varname },
        Method { name: "co_positions", kind: MethodKind::Instance, arity: Arity::None, call: code_parts::positions },
        Method { name: "replace", kind: MethodKind::Instance, arity: Arity::Raw, call: replace },
    ],
    flags: Flags(Flags::WEAK),
    ..NativeType::PLAIN
};

fn of(vm: &Vm, this: Ref) -> Option<&RunnableCode> {
    match &vm.heap[this].value {
        Value::Code(code) => Some(code),
        _ => None,
    }
}

/// `code.replace(co_flags=…)`, as `types.coroutine` asks for it while the library is imported. What a snippet makes of its code would have
/// parts in common with that code, and others of its own: *unsupported*.
fn replace(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let flags = match (args.names, args.values) {
        ([name], [_, value]) if vm.heap.loading && vm.text(*name) == Some("co_flags") => Some(vm.int_argument(*value)?),
        _ => None,
    };
    let (Some(flags), Some(code)) = (flags, of(vm, args.this())) else {
        return Err(vm.unsupported(Missing::Name, "code.replace"));
    };
    let object = CodeObject { flags: flags.cast_unsigned(), ..(*code.object).clone() };
    let code = RunnableCode {
        code: Arc::clone(&code.code),
        object: Arc::new(object),
        consts: code.consts.clone(),
        names: code.names.clone(),
        locals: code.locals.clone(),
        caches: OnceLock::new(),
        ..*code
    };
    let made = vm.make(types::CODE, Value::Plain);
    vm.heap[made.borrow()].value = Value::Code(CodeRef::new(RunnableCode { this: made.borrow(), ..code }));
    Ok(made)
}

/// `code._varname_from_oparg(i)`
fn varname(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let index = vm.int_argument(args.values[1])?;
    let found = of(vm, args.this()).and_then(|code| code.locals.get(usize::try_from(index).ok()?).copied());
    match found {
        Some(name) => Ok(vm.retain(name)),
        None => Err(vm.index_error("tuple index out of range")),
    }
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let Some(code) = of(vm, this) else { return Ok(vm.str("")) };
    let (name, file) = (vm.expect_text(code.name), vm.expect_text(code.filename));
    let text = format!("<code object {name} at {}, file \"{file}\", line {}>", Vm::address(this), code.object.firstlineno);
    Ok(vm.str(text))
}

/// Code objects are compared by what they are made of; the VM knows only which they are.
fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    match op {
        CompareOperator::Eq | CompareOperator::Ne if left == right => Ok(vm.bool(op == CompareOperator::Eq)),
        CompareOperator::Eq | CompareOperator::Ne if of(vm, right).is_some() => {
            Err(vm.unsupported(Missing::Name, "comparing code objects"))
        }
        _ => Ok(vm.not_implemented()),
    }
}
