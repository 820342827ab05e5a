//! What `sys` says of the interpreter: struct sequences and constants (`Python/sysmodule.c`, `Objects/floatobject.c`,
//! `Objects/longobject.c`, `Python/thread.c`), as the observer starts it: isolated, in UTF-8 mode, with hash seed 0.

use crate::heap::{Owned, Ref};
use crate::object::class::{Flags, Making};
use crate::object::unraisable;
use crate::types::{self, structseq::struct_sequence};
use crate::vm::Vm;

/// Struct sequences that programs can't make.
const SINGLE: u32 = Flags::GC | Flags::SEQUENCE | Flags::NO_NEW;

struct_sequence!(VERSION_INFO, VERSION_LAYOUT: "sys", "version_info", visible 5, required 5, flags SINGLE, making Making::Static,
    ["major" = 0, "minor" = 1, "micro" = 2, "releaselevel" = 3, "serial" = 4]);

struct_sequence!(FLAGS, FLAGS_LAYOUT: "sys", "flags", visible 18, required 18, flags SINGLE, making Making::Static,
    ["debug" = 0, "inspect" = 1, "interactive" = 2, "optimize" = 3, "dont_write_bytecode" = 4, "no_user_site" = 5, "no_site" = 6,
     "ignore_environment" = 7, "verbose" = 8, "bytes_warning" = 9, "quiet" = 10, "hash_randomization" = 11, "isolated" = 12,
     "dev_mode" = 13, "utf8_mode" = 14, "warn_default_encoding" = 15, "safe_path" = 16, "int_max_str_digits" = 17]);

struct_sequence!(FLOAT_INFO, FLOAT_LAYOUT: "sys", "float_info", visible 11, required 11, flags Flags::GC | Flags::SEQUENCE,
    making Making::Static,
    ["max" = 0, "max_exp" = 1, "max_10_exp" = 2, "min" = 3, "min_exp" = 4, "min_10_exp" = 5, "dig" = 6, "mant_dig" = 7,
     "epsilon" = 8, "radix" = 9, "rounds" = 10]);

struct_sequence!(INT_INFO, INT_LAYOUT: "sys", "int_info", visible 4, required 4, flags Flags::GC | Flags::SEQUENCE,
    making Making::Static,
    ["bits_per_digit" = 0, "sizeof_digit" = 1, "default_max_str_digits" = 2, "str_digits_check_threshold" = 3]);

struct_sequence!(HASH_INFO, HASH_LAYOUT: "sys", "hash_info", visible 9, required 9, flags Flags::GC | Flags::SEQUENCE,
    making Making::Static,
    ["width" = 0, "modulus" = 1, "inf" = 2, "nan" = 3, "imag" = 4, "algorithm" = 5, "hash_bits" = 6, "seed_bits" = 7, "cutoff" = 8]);

struct_sequence!(THREAD_INFO, THREAD_LAYOUT: "sys", "thread_info", visible 3, required 3, flags Flags::GC | Flags::SEQUENCE,
    making Making::Static,
    ["name" = 0, "lock" = 1, "version" = 2]);

struct_sequence!(ASYNCGEN_HOOKS, ASYNCGEN_LAYOUT: "builtins", "asyncgen_hooks", visible 2, required 2, flags SINGLE, making Making::Static,
    ["firstiter" = 0, "finalizer" = 1]);

/// The value of a field.
#[derive(Clone, Copy)]
enum Field {
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(&'static str),
    None,
}

use Field::{Bool, Float, Int, Text};

const FLOAT_VALUES: &[Field] = &[
    Float(f64::MAX),
    Int(1024),
    Int(308),
    Float(f64::MIN_POSITIVE),
    Int(-1021),
    Int(-307),
    Int(15),
    Int(53),
    Float(f64::EPSILON),
    Int(2),
    Int(1),
];
const INT_VALUES: &[Field] = &[Int(30), Int(4), Int(4300), Int(640)];
const HASH_VALUES: &[Field] = &[
    Int(64),
    Int(crate::hash::MODULUS as i64),
    Int(314_159),
    Int(0),
    Int(1_000_003),
    Text("siphash13"),
    Int(64),
    Int(128),
    Int(0),
];
// Which thread library it is depends on the machine.
const THREAD_VALUES: &[Field] = &[Text("pthread"), Text("semaphore"), Field::None];

/// The flags of an isolated interpreter without `site`, in UTF-8 mode, with hash seed 0.
fn flags_values(minor: u8) -> [Field; 18] {
    let (on, off) = (Int(1), Int(0));
    // 3.11 has no limit until somebody asks for one.
    let most_digits = Int(if minor < 12 { -1 } else { 4300 });
    [off, off, off, off, off, on, on, on, off, off, off, off, on, Bool(false), on, off, Bool(true), most_digits]
}

/// Gives `sys` its constants.
pub(super) fn fill(vm: &mut Vm, dict: Ref) {
    let version = vm.profile.version;
    let (major, minor, micro) = (i64::from(version.major), i64::from(version.minor), i64::from(version.micro));
    let flags = flags_values(version.minor);
    let version_info = [Int(major), Int(minor), Int(micro), Text("final"), Int(0)];
    vm.describe_struct_sequence(types::ASYNCGEN_HOOKS, &ASYNCGEN_LAYOUT);
    unraisable::describe(vm);
    for (name, class, layout, values) in [
        ("version_info", types::VERSION_INFO, &VERSION_LAYOUT, &version_info[..]),
        ("flags", types::SYS_FLAGS, &FLAGS_LAYOUT, &flags),
        ("float_info", types::FLOAT_INFO, &FLOAT_LAYOUT, FLOAT_VALUES),
        ("int_info", types::INT_INFO, &INT_LAYOUT, INT_VALUES),
        ("hash_info", types::HASH_INFO, &HASH_LAYOUT, HASH_VALUES),
        ("thread_info", types::THREAD_INFO, &THREAD_LAYOUT, THREAD_VALUES),
    ] {
        vm.describe_struct_sequence(class, layout);
        let values = values.iter().map(|&value| make(vm, value)).collect();
        let value = vm.struct_sequence(class, layout.visible, values).into_ref();
        vm.set_module_attribute(dict, name, value);
    }
    for (name, value) in [
        ("maxsize", Int(i64::MAX)),
        ("maxunicode", Int(0x0010_ffff)),
        ("api_version", Int(1013)),
        ("hexversion", Int(major << 24 | minor << 16 | micro << 8 | 0xf0)),
        ("byteorder", Text("little")),
        ("platform", Text("linux")),
        ("float_repr_style", Text("short")),
        ("platlibdir", Text("lib")),
        ("abiflags", Text("")),
        ("_framework", Text("")),
        ("pycache_prefix", Field::None),
        ("dont_write_bytecode", Bool(false)),
    ] {
        let value = make(vm, value).into_ref();
        vm.set_module_attribute(dict, name, value);
    }
    implementation(vm, dict);
}

/// `sys.implementation`
fn implementation(vm: &mut Vm, dict: Ref) {
    let namespace = vm.new_namespace().into_ref();
    let Some(attributes) = vm.own_dict(namespace) else { return };
    let version = vm.profile.version;
    let tag = format!("cpython-{}{}", version.major, version.minor);
    let values = [("name", "cpython"), ("cache_tag", &tag)].map(|(name, value)| (name, vm.str(value)));
    for (name, value) in values {
        vm.set_module_attribute(attributes, name, value.borrow());
        value.into_ref();
    }
    for (name, of) in [("version", "version_info"), ("hexversion", "hexversion")] {
        if let Some(value) = vm.dict_get_str(dict, of) {
            vm.set_module_attribute(attributes, name, value);
        }
    }
    vm.set_module_attribute(dict, "implementation", namespace);
}

fn make(vm: &mut Vm, value: Field) -> Owned {
    match value {
        Int(value) => vm.int(value),
        Float(value) => vm.float(value),
        Bool(value) => vm.bool(value),
        Text(text) => vm.str(text),
        Field::None => vm.none(),
    }
}
