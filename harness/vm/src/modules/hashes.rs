//! Digests and checksums: `_hashlib` (`Modules/_hashopenssl.c`), the modules that stand in for it, `zlib`'s and `binascii`'s sums.
//! The algorithms are those of well-kept crates.

use sha1::Digest;

use super::interpreter::set;
use super::stock::stock;
use super::{function, method, module_type};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, Method, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::bytes::hex_text;
use crate::vm::{PyResult, Vm};

/// An algorithm.
struct Algorithm {
    name: &'static str,
    block_size: i64,
    digest_size: i64,
    digest: fn(&[u8]) -> Vec<u8>,
}

macro_rules! algorithm {
    ($name:literal, $block:literal, $size:literal, $type:ty) => {
        Algorithm { name: $name, block_size: $block, digest_size: $size, digest: |data| <$type>::digest(data).as_slice().to_vec() }
    };
}

static ALGORITHMS: &[Algorithm] = &[
    algorithm!("md5", 64, 16, md5::Md5),
    algorithm!("sha1", 64, 20, sha1::Sha1),
    algorithm!("sha224", 64, 28, sha2::Sha224),
    algorithm!("sha256", 64, 32, sha2::Sha256),
    algorithm!("sha384", 128, 48, sha2::Sha384),
    algorithm!("sha512", 128, 64, sha2::Sha512),
    algorithm!("sha3_224", 144, 28, sha3::Sha3_224),
    algorithm!("sha3_256", 136, 32, sha3::Sha3_256),
    algorithm!("sha3_384", 104, 48, sha3::Sha3_384),
    algorithm!("sha3_512", 72, 64, sha3::Sha3_512),
];

/// What is to be digested.
#[derive(Clone)]
struct Hash {
    algorithm: usize,
    data: Vec<u8>,
}

impl Native for Hash {
    fn visit(&self, _: &mut dyn FnMut(Role, Ref)) {}
    fn give_back(&mut self, _: &mut Vec<Owned>) {}
}

/// `_hashlib.HASH`
pub(crate) static HASH: NativeType = NativeType {
    name: "HASH",
    module: "_hashlib",
    slots: Slots {
        repr: Some(|vm, this| {
            let name = algorithm(vm, this).name;
            Ok(vm.str(format!("<{name} _hashlib.HASH object @ {}>", Vm::address(this))))
        }),
        ..Slots::NONE
    },
    methods: &[
        method("update", Arity::One, |vm, args| {
            let data = data_of(vm, args.values[1])?;
            if let Some(hash) = vm.payload_mut::<Hash>(args.this()) {
                hash.data.extend(data);
            }
            Ok(vm.none())
        }),
        method("digest", Arity::None, |vm, args| {
            let digest = digest(vm, args.this());
            Ok(vm.new_bytes(digest))
        }),
        method("hexdigest", Arity::None, |vm, args| {
            let digits = hex_text(&digest(vm, args.this()), None, 0);
            Ok(vm.str(digits))
        }),
        method("copy", Arity::None, |vm, args| {
            let Some(copy) = vm.payload::<Hash>(args.this()).cloned() else { return Ok(vm.none()) };
            let class = vm.class_of(args.this());
            Ok(vm.alloc_instance(class, Value::Native(Box::new(copy))))
        }),
    ],
    getsets: &[
        GetSet { name: "digest_size", get: |vm, this| Ok(vm.int(algorithm(vm, this).digest_size)), set: None, member: false },
        GetSet { name: "block_size", get: |vm, this| Ok(vm.int(algorithm(vm, this).block_size)), set: None, member: false },
        GetSet { name: "name", get: |vm, this| Ok(vm.str(algorithm(vm, this).name)), set: None, member: false },
    ],
    flags: Flags(Flags::BASE | Flags::NO_NEW),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

fn algorithm(vm: &Vm, this: Ref) -> &'static Algorithm {
    &ALGORITHMS[vm.payload::<Hash>(this).map_or(0, |hash| hash.algorithm)]
}

fn digest(vm: &Vm, this: Ref) -> Vec<u8> {
    vm.payload::<Hash>(this).map(|hash| (ALGORITHMS[hash.algorithm].digest)(&hash.data)).unwrap_or_default()
}

/// `GET_BUFFER_VIEW_OR_ERROUT`
fn data_of(vm: &mut Vm, object: Ref) -> PyResult<Vec<u8>> {
    if vm.text(object).is_some() {
        return Err(vm.type_error("Strings must be encoded before hashing"));
    }
    if vm.bytes_value(object).is_none() && matches!(vm.class_of(object), types::INT | types::FLOAT | types::LIST | types::NONE_TYPE)
    {
        return Err(vm.type_error("object supporting the buffer API required"));
    }
    vm.buffer_data(object)
}

fn make_hash(vm: &mut Vm, algorithm: usize, data: Vec<u8>) -> Owned {
    vm.alloc_instance(types::HASH, Value::Native(Box::new(Hash { algorithm, data })))
}

fn construct(vm: &mut Vm, args: &Args<'_>, function: &'static str, algorithm: usize) -> PyResult {
    let signature = Signature { function, positional_only: 0, names: &["string", "usedforsecurity"], required: 0, positional: 1 };
    let [string, security] = signature.bind::<2>(vm, args)?;
    if let Some(security) = security {
        vm.truth(security)?;
    }
    let data = match string {
        Some(string) => data_of(vm, string)?,
        None => Vec::new(),
    };
    Ok(make_hash(vm, algorithm, data))
}

macro_rules! constructors {
    ($($name:literal = $algorithm:literal),* $(,)?) => {
        &[$(function($name, Arity::Raw, |vm, args| construct(vm, args, $name, $algorithm))),*, function("new", Arity::Raw, new), function("openssl_shake_128", Arity::Raw, extendable), function("openssl_shake_256", Arity::Raw, extendable)]
    };
}

static OPENSSL: &[Method] = constructors![
    "openssl_md5" = 0,
    "openssl_sha1" = 1,
    "openssl_sha224" = 2,
    "openssl_sha256" = 3,
    "openssl_sha384" = 4,
    "openssl_sha512" = 5,
    "openssl_sha3_224" = 6,
    "openssl_sha3_256" = 7,
    "openssl_sha3_384" = 8,
    "openssl_sha3_512" = 9,
];

/// The modules that CPython has for when there is no OpenSSL: the library asks them for `sha512`.
macro_rules! plain {
    ($($name:literal = $algorithm:literal),* $(,)?) => {
        &[$(function($name, Arity::Raw, |vm, args| construct(vm, args, $name, $algorithm))),*]
    };
}

static SHA2: &[Method] = plain!["sha224" = 2, "sha256" = 3, "sha384" = 4, "sha512" = 5];
static SHA256: &[Method] = plain!["sha224" = 2, "sha256" = 3];
static SHA512: &[Method] = plain!["sha384" = 4, "sha512" = 5];
static SHA1: &[Method] = plain!["sha1" = 1];
static MD5: &[Method] = plain!["md5" = 0];

/// A digest of any length: its object is there, what it says is not.
fn extendable(vm: &mut Vm, _: &Args<'_>) -> PyResult {
    Ok(vm.alloc_instance(types::HASHXOF, Value::Plain))
}

/// `hashlib.new(name, string=b'')`
fn new(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature {
        function: "new",
        positional_only: 0,
        names: &["name", "string", "usedforsecurity"],
        required: 1,
        positional: 2,
    };
    let [name, string, _] = SIGNATURE.bind::<3>(vm, args)?;
    let name = name.unwrap_or(types::NONE);
    let Some(text) = vm.text(name).map(str::to_lowercase) else { return Err(vm.type_error("name must be a string")) };
    let Some(algorithm) =
        ALGORITHMS.iter().position(|algorithm| algorithm.name == text.replace('-', "_") || algorithm.name == text)
    else {
        return Err(vm.unsupported(Missing::Name, format!("hashlib.new({text:?})")));
    };
    let data = match string {
        Some(string) => data_of(vm, string)?,
        None => Vec::new(),
    };
    Ok(make_hash(vm, algorithm, data))
}

/// `zlib.crc32(data, value=0)`, `binascii.crc32`
pub(super) fn crc32(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let data = vm.buffer_data(args.values[0])?;
    let start = start_value(vm, args, 0)?;
    let mut hasher = crc32fast::Hasher::new_with_initial(start);
    hasher.update(&data);
    Ok(vm.int(hasher.finalize().into()))
}

fn adler32(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let data = vm.buffer_data(args.values[0])?;
    let start = start_value(vm, args, 1)?;
    let mut adler = adler2::Adler32::from_checksum(start);
    adler.write_slice(&data);
    Ok(vm.int(adler.checksum().into()))
}

fn start_value(vm: &mut Vm, args: &Args<'_>, default: u32) -> PyResult<u32> {
    let Some(&value) = args.values.get(1) else { return Ok(default) };
    let value = vm.index(value)?;
    let low = vm.integer(value.borrow()).map(|value| (&*value & num_bigint::BigInt::from(u32::MAX)).try_into().unwrap_or(0));
    vm.release(value);
    Ok(low.unwrap_or(0))
}

static ZLIB: &[Method] =
    &[function("crc32", Arity::Positional(1, 2), crc32), function("adler32", Arity::Positional(1, 2), adler32)];

pub(super) fn make(vm: &mut Vm) {
    let dict = stock(vm, "_hashlib", OPENSSL);
    module_type(vm, dict, types::HASH);
    if vm.profile.version.minor < 12 {
        stock(vm, "_sha256", SHA256);
        stock(vm, "_sha512", SHA512);
    } else {
        stock(vm, "_sha2", SHA2);
    }
    stock(vm, "_sha1", SHA1);
    stock(vm, "_md5", MD5);
    stock(vm, "_sha3", &[]);
    stock(vm, "_blake2", &[]);
    stock(vm, "zlib", ZLIB);
}

/// What programs may change.
pub(super) fn refresh(vm: &mut Vm, dict: Ref) {
    let names = ALGORITHMS.iter().map(|algorithm| vm.str(algorithm.name)).collect();
    let names = vm.new_list(names);
    if let Ok(set_of_names) = vm.call_pos(types::FROZENSET, &[names.borrow()]) {
        set(vm, dict, "openssl_md_meth_names", set_of_names);
    }
    vm.release(names);
}
