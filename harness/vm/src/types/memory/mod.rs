//! `memoryview` of one dimension (`Objects/memoryobject.c`). More dimensions are unsupported.
//!
//! All views that were made of one another share a managed buffer, which holds the object whose bytes they show, and lets it go
//! when the last of them is released.

mod access;
mod item;
mod methods;

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, GetSet, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// What the views of one object share.
struct ManagedBuffer {
    /// Gone once it is released.
    base: Option<Owned>,
    /// How many views there are.
    views: usize,
}
types::iterators::holds!(ManagedBuffer { base: "buffer" });

/// `managedbuffer`: programs never see one.
pub(crate) static MANAGED: NativeType =
    NativeType { name: "managedbuffer", flags: Flags(Flags::GC | Flags::NO_NEW), ..NativeType::PLAIN };

/// A view's payload.
struct MemoryView {
    buffer: Option<Owned>,
    shape: Shape,
    released: bool,
    hash: Option<i64>,
}

/// Which bytes a view shows, and as what.
#[derive(Clone)]
struct Shape {
    format: Box<str>,
    size: usize,
    /// Where the first item begins.
    start: i64,
    /// How many items there are.
    count: usize,
    /// From one item to the next.
    stride: i64,
    readonly: bool,
}

impl Shape {
    fn is_contiguous(&self) -> bool {
        self.count <= 1 || self.stride == self.size as i64
    }

    fn nbytes(&self) -> usize {
        self.count * self.size
    }
}

impl Native for MemoryView {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(buffer) = &self.buffer {
            see(Role::Field("managed buffer"), buffer.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.buffer.take());
    }
}

/// A computed attribute that a released view has no more.
macro_rules! attribute {
    ($name:literal, $get:expr) => {
        GetSet {
            name: $name,
            get: |vm, this| {
                let shape = shape(vm, this)?;
                let get: fn(&mut Vm, Ref, Shape) -> Owned = $get;
                Ok(get(vm, this, shape))
            },
            set: None,
            member: false,
        }
    };
}

/// `memoryview`
pub(crate) static TYPE: NativeType = NativeType {
    name: "memoryview",
    slots: Slots {
        repr: Some(|vm, this| {
            let state = if vm.payload::<MemoryView>(this).is_some_and(|view| view.released) { "released memory" } else { "memory" };
            Ok(vm.str(format!("<{state} at {}>", Vm::address(this))))
        }),
        hash: Some(access::hash),
        compare: Some(access::compare),
        iter: Some(methods::iter),
        new: Some(new),
        length: Some(|vm, this| Ok(shape(vm, this)?.count)),
        subscript: Some(access::subscript),
        ass_subscript: Some(access::set_item),
        item: Some(access::item),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    getsets: &[
        attribute!("obj", |vm, this, _| {
            let base = vm.view_base(this).unwrap_or(types::NONE);
            vm.retain(base)
        }),
        attribute!("nbytes", |vm, _, shape| vm.int(shape.nbytes() as i64)),
        attribute!("readonly", |vm, _, shape| vm.bool(shape.readonly)),
        attribute!("itemsize", |vm, _, shape| vm.int(shape.size as i64)),
        attribute!("format", |vm, _, shape| vm.str(shape.format)),
        attribute!("ndim", |vm, _, _| vm.int(1)),
        attribute!("shape", |vm, _, shape| {
            let count = vm.int(shape.count as i64);
            vm.new_tuple(vec![count])
        }),
        attribute!("strides", |vm, _, shape| {
            let stride = vm.int(shape.stride);
            vm.new_tuple(vec![stride])
        }),
        attribute!("suboffsets", |vm, _, _| vm.new_tuple(Vec::new())),
        attribute!("c_contiguous", |vm, _, shape| vm.bool(shape.is_contiguous())),
        attribute!("f_contiguous", |vm, _, shape| vm.bool(shape.is_contiguous())),
        attribute!("contiguous", |vm, _, shape| vm.bool(shape.is_contiguous())),
    ],
    flags: Flags(Flags::GC | Flags::WEAK | Flags::SEQUENCE),
    ..NativeType::PLAIN
};

pub(crate) use methods::ITERATOR;

impl Vm {
    /// The bytes that a view shows, where they are: none if it is released, or not in one piece.
    pub(crate) fn view_bytes(&self, object: Ref) -> Option<&[u8]> {
        let view = self.payload::<MemoryView>(object).filter(|view| !view.released && view.shape.is_contiguous())?;
        let data = self.bytes_value(self.view_base(object)?)?;
        let start = usize::try_from(view.shape.start).ok()?;
        data.get(start..start + view.shape.nbytes())
    }

    /// The bytes of an object that has some, in order: also of a view that is not in one piece (`PyBUF_FULL_RO`).
    pub(crate) fn copied_bytes(&self, object: Ref) -> Option<Vec<u8>> {
        if let Some(data) = self.bytes_value(object) {
            return Some(data.to_vec());
        }
        let view = self.payload::<MemoryView>(object).filter(|view| !view.released)?;
        Some((0..view.shape.count).flat_map(|index| self.item_bytes(object, &view.shape, index).to_vec()).collect())
    }

    /// The object whose bytes a view shows.
    fn view_base(&self, object: Ref) -> Option<Ref> {
        let buffer = self.payload::<MemoryView>(object)?.buffer.as_ref()?.borrow();
        self.payload::<ManagedBuffer>(buffer)?.base.as_ref().map(Owned::borrow)
    }

    /// The bytes of an item.
    fn item_bytes(&self, view: Ref, shape: &Shape, index: usize) -> &[u8] {
        let data = self.view_base(view).and_then(|base| self.bytes_value(base)).unwrap_or_default();
        let start = (shape.start + index as i64 * shape.stride) as usize;
        data.get(start..start + shape.size).unwrap_or_default()
    }

    /// Why an object that is a view has no bytes for those who want them in one piece.
    pub(crate) fn view_problem(&mut self, object: Ref) -> Option<Stop> {
        let view = self.payload::<MemoryView>(object)?;
        Some(if view.released {
            self.value_error(RELEASED)
        } else {
            self.raise(types::BUFFER_ERROR, "memoryview: underlying buffer is not C-contiguous")
        })
    }

    /// A view of a managed buffer (`mbuf_add_view`).
    fn add_view(&mut self, buffer: Ref, shape: Shape) -> Owned {
        if let Some(buffer) = self.payload_mut::<ManagedBuffer>(buffer) {
            buffer.views += 1;
        }
        let buffer = Some(self.retain(buffer));
        self.make_tracked(types::MEMORYVIEW, Value::Native(Box::new(MemoryView { buffer, shape, released: false, hash: None })))
    }

    /// A view that shows other items of the same buffer.
    fn another_view(&mut self, view: Ref, shape: Shape) -> Owned {
        match self.payload::<MemoryView>(view).and_then(|view| view.buffer.as_ref()).map(Owned::borrow) {
            Some(buffer) => self.add_view(buffer, shape),
            None => self.none(),
        }
    }

    /// `_memory_release`: the last view of a buffer lets go of the object.
    fn release_view(&mut self, view: Ref) {
        let Some(payload) = self.payload_mut::<MemoryView>(view).filter(|view| !view.released) else { return };
        payload.released = true;
        let Some(buffer) = payload.buffer.as_ref().map(Owned::borrow) else { return };
        let Some(managed) = self.payload_mut::<ManagedBuffer>(buffer) else { return };
        managed.views = managed.views.saturating_sub(1);
        if managed.views == 0 {
            self.release_managed(buffer);
        }
    }

    /// `mbuf_release`
    fn release_managed(&mut self, buffer: Ref) {
        if let Some(base) = self.payload_mut::<ManagedBuffer>(buffer).and_then(|buffer| buffer.base.take()) {
            self.untrack(buffer);
            self.export(base.borrow(), false);
            self.release(base);
        }
    }

    /// What looks at a buffer does first when it dies.
    pub(crate) fn release_dying_buffer(&mut self, object: Ref) {
        match self.class_of(object) {
            types::MEMORYVIEW => self.release_view(object),
            types::MANAGED_BUFFER => self.release_managed(object),
            types::SRE_SCANNER => crate::modules::sre::release_buffer(self, object),
            _ => {}
        }
    }
}

const RELEASED: &str = "operation forbidden on released memoryview object";

/// What a view shows; an error if it is released.
fn shape(vm: &mut Vm, this: Ref) -> PyResult<Shape> {
    match vm.payload::<MemoryView>(this) {
        Some(view) if !view.released => Ok(view.shape.clone()),
        _ => Err(vm.value_error(RELEASED)),
    }
}

/// `memoryview(object)` (`PyMemoryView_FromObject`)
fn new(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "memoryview", positional_only: 0, names: &["object"], required: 1, positional: 1 };
    let [object] = SIGNATURE.bind(vm, args)?.map(|object| object.unwrap_or(types::NONE));
    if vm.payload::<MemoryView>(object).is_some() {
        let shape = shape(vm, object)?;
        return Ok(vm.another_view(object, shape));
    }
    let Some(count) = vm.bytes_value(object).map(<[u8]>::len) else {
        if vm.profile.classes_have_buffers
            && let Some(method) = vm.lookup_special(object, "__buffer__")?
        {
            vm.release(method);
            return Err(vm.unsupported(Missing::Name, "__buffer__ of a class"));
        }
        let message = format!("memoryview: a bytes-like object is required, not '{}'", vm.type_name(object));
        return Err(vm.type_error(message));
    };
    let readonly = vm.is_instance_of(object, types::BYTES);
    let base = Some(vm.retain(object));
    let buffer = vm.make_tracked(types::MANAGED_BUFFER, Value::Native(Box::new(ManagedBuffer { base, views: 0 })));
    vm.export(object, true);
    let shape = Shape { format: "B".into(), size: 1, start: 0, count, stride: 1, readonly };
    Ok(vm.lend(buffer, |vm, buffer| vm.add_view(buffer, shape)))
}
