//! As what an object holds another, in words.

use std::ffi::CStr;
use std::mem::offset_of;

use pyo3::ffi;
use refdrift_trace::{ObjectId, hold};

use super::frames::{role, utf8};
use crate::ffi::code::Code;
use crate::ffi::layout::{HERE, field};
use crate::ffi::object::Object;

/// Before a value that lies in an instance and belongs to its `__dict__` as well: to be told as the dict's.
pub(super) const SHARED: &str = "shared ";

/// A field that nothing here has a name for.
const SOMEWHERE: &str = "a field";

/// Where the fields of CPython's own types lie, in words, and what the VM calls them: none of them are members that
/// `tp_members` tells. Of a type that is not here a field goes by the name of its member, or is just a field.
const FIELDS: &[(&str, &[(usize, &str)])] = &[
    (
        "function",
        &[
            (2, "__globals__"),
            (3, "__builtins__"),
            (4, "__name__"),
            (5, "__qualname__"),
            (6, "__code__"),
            (7, "__defaults__"),
            (8, "__kwdefaults__"),
            (9, "__closure__"),
            (10, "__doc__"),
            (11, "__dict__"),
            (13, "__module__"),
            (14, "__annotations__"),
            (15, "__type_params__"),
        ],
    ),
    ("method", &[(2, "function"), (3, "self")]),
    ("builtin_function_or_method", &[(3, "bound object")]),
    ("method-wrapper", &[(3, "bound object")]),
    ("cell", &[(2, "content")]),
    ("module", &[(2, "dict"), (6, "name")]),
    ("slice", &[(2, "start"), (3, "stop"), (4, "step")]),
    ("staticmethod", &[(2, "__func__"), (3, "__dict__")]),
    ("classmethod", &[(2, "__func__"), (3, "__dict__")]),
    ("mappingproxy", &[(2, "mapping")]),
    ("list_iterator", &[(3, "sequence")]),
    ("tuple_iterator", &[(3, "sequence")]),
    ("iterator", &[(3, "sequence")]),
    ("traceback", &[(2, "tb_next"), (3, "tb_frame")]),
    ("frame", &[(2, "f_back")]),
    ("ReferenceType", &[(3, "__callback__")]),
    ("enumerate", &[(3, "iterator"), (4, "result tuple"), (5, "index")]),
    ("zip", &[(3, "iterators"), (4, "result tuple")]),
    ("map", &[(2, "iterators"), (3, "function")]),
    ("filter", &[(2, "function"), (3, "iterator")]),
    ("takewhile", &[(2, "function"), (3, "iterator")]),
    ("dropwhile", &[(2, "function"), (3, "iterator")]),
    ("islice", &[(2, "iterator")]),
    ("coroutine_wrapper", &[(2, "coroutine")]),
    ("types.SimpleNamespace", &[(2, "__dict__")]),
];

/// The fields of each exception.
const EXCEPTION: &[(usize, &str)] =
    &[(2, "__dict__"), (3, "args"), (4, "__notes__"), (5, "__traceback__"), (6, "__context__"), (7, "__cause__")];

/// The references that an object has and the collector is not told of.
pub(super) fn hidden(object: Object<'_>) -> Vec<usize> {
    if let Some(code) = Code::from_object(object) {
        let parts = code.consts().chain(code.names()).chain(code.localsplusnames());
        return parts.chain([code.filename(), code.name(), code.qualname()]).map(Object::address).collect();
    }
    // SAFETY: the object is alive, and its fields lie where the layout says.
    unsafe {
        if let Some(class) = heap_type(object) {
            let mut found = vec![(*class).ht_name as usize, (*class).ht_qualname as usize, (*class).ht_slots as usize];
            found.extend(shared_keys(object.pointer().cast()));
            return found;
        }
        if is_generator(object) {
            return (0..2).map(|index| field(object.pointer(), HERE.generator_name + index * size_of::<usize>())).collect();
        }
    }
    Vec::new()
}

/// As what `object` holds what lies at `held`, which it does that often.
pub(super) fn roles(object: Object<'_>, held: usize, times: u32, number: &dyn Fn(usize) -> Option<ObjectId>) -> Vec<String> {
    let mut roles = Vec::new();
    if object.type_address() == held {
        roles.push("type".to_owned());
    }
    // SAFETY: the object is alive, and each is read as what it is only.
    unsafe {
        let pointer = object.pointer();
        if ffi::PyDict_Check(pointer) != 0 {
            dict_roles(object, held, number, &mut roles);
        } else if ffi::PyTuple_Check(pointer) != 0 || ffi::PyList_Check(pointer) != 0 {
            let list = ffi::PyList_Check(pointer) != 0;
            let length = if list { ffi::PyList_GET_SIZE(pointer) } else { ffi::PyTuple_GET_SIZE(pointer) };
            let item = |index| if list { ffi::PyList_GET_ITEM(pointer, index) } else { ffi::PyTuple_GET_ITEM(pointer, index) };
            roles.extend((0..length).filter(|&index| item(index) as usize == held).map(|index| hold::item(index as usize)));
        } else if ffi::PyAnySet_Check(pointer) != 0 {
            roles.push(hold::key());
        } else if Code::from_object(object).is_some() {
            roles.extend((0..times).map(|_| "co_consts, co_names".to_owned()));
        } else if is_generator(object) {
            generator_roles(object, held, &mut roles);
        }
        let words: &dyn Fn(usize) -> usize = &|index| field(pointer, index * size_of::<usize>());
        let name = object.with_type_name(ToOwned::to_owned);
        let table = FIELDS.iter().find(|(kind, _)| *kind == name).map_or(&[][..], |(_, fields)| fields);
        let exception = if ffi::PyExceptionInstance_Check(pointer) != 0 { EXCEPTION } else { &[] };
        let own = (*object.type_pointer()).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 || !exception.is_empty();
        let size = (*object.type_pointer()).tp_basicsize as usize / size_of::<usize>();
        let mut named = Vec::new();
        for (place, role) in table.iter().chain(exception).filter(|(place, _)| own && *place < size) {
            if words(*place) == held {
                roles.push((*role).to_owned());
            }
            named.push(place * size_of::<usize>());
        }
        member_roles(object, held, &named, &mut roles);
        class_roles(object, held, &mut roles);
        attribute_roles(object, held, &mut roles);
        if name == "frame" {
            let inner: *const u8 = field(pointer, HERE.frame_interpreter_frame);
            frame_roles(inner, held, &mut roles);
        }
    }
    // What the collector says counts; what it does not say of a part (a dict that shares its instance's values) is not there.
    roles.truncate(times as usize);
    roles.resize(times as usize, SOMEWHERE.to_owned());
    roles
}

unsafe fn dict_roles(object: Object<'_>, held: usize, number: &dyn Fn(usize) -> Option<ObjectId>, roles: &mut Vec<String>) {
    let (mut position, mut key, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the caller has a live dict; nothing changes it between the calls.
    unsafe {
        while ffi::PyDict_Next(object.pointer(), &raw mut position, &raw mut key, &raw mut value) != 0 {
            if key as usize == held {
                roles.push(hold::key());
            }
            if value as usize == held
                && let Some(key) = Object::from_nullable(key)
            {
                roles.push(hold::value(&key_words(key, number)));
            }
        }
    }
}

fn key_words(key: Object<'_>, number: &dyn Fn(usize) -> Option<ObjectId>) -> String {
    // SAFETY: the object is alive; only an exact int is read as one, which runs nothing.
    unsafe {
        if ffi::PyUnicode_CheckExact(key.pointer()) != 0 {
            return hold::quoted(&utf8(key));
        }
        if ffi::PyLong_CheckExact(key.pointer()) != 0 {
            let mut overflow = 0;
            let value = ffi::PyLong_AsLongLongAndOverflow(key.pointer(), &raw mut overflow);
            if overflow == 0 {
                return value.to_string();
            }
        }
    }
    key.with_type_name(|name| number(key.address()).map_or_else(|| name.to_owned(), |number| hold::object(name, number)))
}

/// The members that a class tells of itself: those of types in C, and `__slots__`.
unsafe fn member_roles(object: Object<'_>, held: usize, named: &[usize], roles: &mut Vec<String>) {
    let mut kind = object.type_pointer();
    let mut told = named.to_vec();
    // SAFETY: the caller has a live object, whose type and its bases live; a member table ends with a null name, and members that
    // are objects lie within the object.
    unsafe {
        while !kind.is_null() {
            let made_by_python = (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0;
            let mut member = (*kind).tp_members;
            while !member.is_null() && !(*member).name.is_null() {
                let offset = (*member).offset as usize;
                #[allow(deprecated, reason = "CPython's own types still have such members")]
                let is_object = [ffi::Py_T_OBJECT_EX, ffi::_Py_T_OBJECT].contains(&(*member).type_code);
                if is_object && !told.contains(&offset) {
                    told.push(offset);
                    if field::<usize, _>(object.pointer(), offset) == held {
                        let name = CStr::from_ptr((*member).name).to_string_lossy();
                        roles.push(if made_by_python { hold::attribute(&name) } else { name.into_owned() });
                    }
                }
                member = member.add(1);
            }
            kind = (*kind).tp_base;
        }
    }
}

/// What a class made by Python code holds.
unsafe fn class_roles(object: Object<'_>, held: usize, roles: &mut Vec<String>) {
    // SAFETY: the caller has a live object; only a heap type is read as one.
    unsafe {
        let Some(class) = heap_type(object) else { return };
        let kind = &(*class).ht_type;
        for (part, role) in [
            (kind.tp_dict, "__dict__"),
            (kind.tp_base.cast(), "__base__"),
            (kind.tp_bases, "__bases__"),
            (kind.tp_mro, "__mro__"),
            ((*class).ht_name, "__name__"),
            ((*class).ht_qualname, "__qualname__"),
            ((*class).ht_slots, "__slots__"),
        ] {
            if part as usize == held {
                roles.push(role.to_owned());
            }
        }
        let keys = shared_keys(object.pointer().cast()).into_iter().filter(|&key| key == held);
        roles.extend(keys.map(|_| "shared attribute name".to_owned()));
    }
}

/// The attributes that lie in an instance under keys that its class shares, and its `__dict__`.
unsafe fn attribute_roles(object: Object<'_>, held: usize, roles: &mut Vec<String>) {
    const MANAGED_DICT: std::ffi::c_ulong = 1 << 4;
    // SAFETY: the caller has a live object; one whose type says so has its values or its dict before or behind it, where this
    // version has them.
    unsafe {
        let kind = object.type_pointer();
        let word = |index: isize| field::<usize, _>(object.pointer().cast::<usize>().offset(index), 0);
        if (*kind).tp_flags & MANAGED_DICT == 0 {
            let offset = (*kind).tp_dictoffset;
            if offset > 0
                && ffi::PyType_Check(object.pointer()) == 0
                && field::<usize, _>(object.pointer(), offset as usize) == held
            {
                roles.push("__dict__".to_owned());
            }
            return;
        }
        let values = managed_values(object, &word);
        let dict = word(-3);
        if dict == held && Some(dict) != values.map(|values| values - 1) {
            roles.push("__dict__".to_owned());
        }
        let Some(values) = values else { return };
        for (index, key) in shared_keys(kind).into_iter().enumerate() {
            let value: usize = field(std::ptr::with_exposed_provenance::<usize>(values), index * size_of::<usize>());
            if value == held
                && let Some(key) = Object::from_nullable(std::ptr::with_exposed_provenance_mut(key))
            {
                let name = utf8(key);
                roles.push(match shared_dict(object) {
                    Some(_) => SHARED.to_owned() + &hold::value(&hold::quoted(&name)),
                    None => hold::attribute(&name),
                });
            }
        }
    }
}

/// The `__dict__` of an instance whose values lie in the instance still (3.13): the collector is not told of it.
#[cfg(Py_3_13)]
pub(super) fn shared_dict(object: Object<'_>) -> Option<usize> {
    const MANAGED_DICT: std::ffi::c_ulong = 1 << 4;
    // SAFETY: the object is alive; one whose type says so has a pointer to its dict, or null, three words before it.
    unsafe {
        if (*object.type_pointer()).tp_flags & MANAGED_DICT == 0 {
            return None;
        }
        managed_values(object, &|_| 0)?;
        let dict: usize = field(object.pointer().cast::<usize>().sub(3), 0);
        (dict != 0).then_some(dict)
    }
}

/// The `__dict__` of an instance whose values lie in the instance still: it has one or the other.
#[cfg(not(Py_3_13))]
pub(super) fn shared_dict(_: Object<'_>) -> Option<usize> {
    None
}

/// Where the values of an instance lie, if they do.
#[cfg(not(Py_3_12))]
unsafe fn managed_values(_: Object<'_>, word: &dyn Fn(isize) -> usize) -> Option<usize> {
    Some(word(-4)).filter(|&values| values != 0)
}

/// Where the values of an instance lie, if they do.
#[cfg(all(Py_3_12, not(Py_3_13)))]
unsafe fn managed_values(_: Object<'_>, word: &dyn Fn(isize) -> usize) -> Option<usize> {
    // A set low bit says that these are values, not a dict.
    let tagged = word(-3);
    (tagged & 1 == 1).then(|| tagged + 1)
}

/// Where the values of an instance lie, if they do.
#[cfg(Py_3_13)]
unsafe fn managed_values(object: Object<'_>, _: &dyn Fn(isize) -> usize) -> Option<usize> {
    const INLINE_VALUES: std::ffi::c_ulong = 1 << 2;
    const VALID: usize = 3;
    // SAFETY: the caller has a live object; the values of one whose type says so lie right behind it, a word of sizes first.
    unsafe {
        let kind = object.type_pointer();
        let place = object.address() + (*kind).tp_basicsize as usize;
        let is_inline = (*kind).tp_flags & INLINE_VALUES != 0;
        (is_inline && field::<u8, _>(std::ptr::with_exposed_provenance::<u8>(place), VALID) != 0)
            .then(|| place + size_of::<usize>())
    }
}

/// The names that a class shares among the instances, in the order of their values.
unsafe fn shared_keys(class: *mut ffi::PyTypeObject) -> Vec<usize> {
    // SAFETY: the caller has a live type; that of a class made by Python code may have keys, whose entries (two words each) lie
    // behind their indices.
    unsafe {
        if (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 {
            return Vec::new();
        }
        let keys: *const u8 = field(class, HERE.class_keys);
        if keys.is_null() {
            return Vec::new();
        }
        let count: usize = field(keys, HERE.keys_count);
        let log: u8 = field(keys, HERE.keys_index_log);
        let entries = HERE.keys_indices + (1_usize << log);
        (0..count).map(|index| field(keys, entries + index * 2 * size_of::<usize>())).collect()
    }
}

unsafe fn generator_roles(object: Object<'_>, held: usize, roles: &mut Vec<String>) {
    // SAFETY: the caller has a live generator, whose fields and frame lie where the layout says.
    unsafe {
        let word = size_of::<usize>();
        let names = [(0, "__name__"), (1, "__qualname__"), (2, "handled exception")]
            .map(|(i, role)| (HERE.generator_name + i * word, role));
        let own_code = (cfg!(not(Py_3_12))).then_some((2 * word, "gi_code"));
        for (offset, role) in names.into_iter().chain(own_code) {
            if field::<usize, _>(object.pointer(), offset) == held {
                roles.push(role.to_owned());
            }
        }
        frame_roles(object.pointer().cast::<u8>().add(HERE.generator_iframe), held, roles);
    }
}

/// What a frame that does not run holds: that of a generator, or one that has ended and that its frame object keeps.
unsafe fn frame_roles(frame: *const u8, held: usize, roles: &mut Vec<String>) {
    // SAFETY: the caller has the frame of a live object; `stacktop` says how many slots are in use, and is 0 or less for one that
    // is cleared or runs.
    unsafe {
        let top: i32 = field(frame, HERE.iframe_stacktop);
        let Some(code) = Object::from_nullable(field(frame, HERE.iframe_code)).filter(|_| top > 0).and_then(Code::from_object)
        else {
            return;
        };
        for (offset, role) in [
            (HERE.iframe_function, "frame's function"),
            (HERE.iframe_code, "frame's code"),
            (HERE.iframe_locals, "frame's locals dict"),
            (HERE.iframe_object, "frame object"),
        ] {
            if field::<usize, _>(frame, offset) == held {
                roles.push(role.to_owned());
            }
        }
        let names: Vec<String> = code.localsplusnames().map(utf8).collect();
        for slot in 0..top as usize {
            if field::<usize, _>(frame, HERE.iframe_localsplus + slot * size_of::<usize>()) == held {
                roles.push(role(&names, slot));
            }
        }
    }
}

/// A generator, a coroutine or an asynchronous generator.
fn is_generator(object: Object<'_>) -> bool {
    [&raw mut ffi::PyGen_Type, &raw mut ffi::PyCoro_Type, &raw mut ffi::PyAsyncGen_Type].contains(&object.type_pointer())
}

/// A class made by Python code.
unsafe fn heap_type(object: Object<'_>) -> Option<*mut ffi::PyHeapTypeObject> {
    // SAFETY: the object is alive; only a type is read as one.
    unsafe {
        if ffi::PyType_Check(object.pointer()) == 0 {
            return None;
        }
        let class = object.pointer().cast::<ffi::PyTypeObject>();
        ((*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0).then_some(class.cast())
    }
}

const _: () = assert!(offset_of!(ffi::PyHeapTypeObject, ht_type) == 0);
