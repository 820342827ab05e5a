//! `functools.lru_cache`: the wrapper that keeps results.

use std::collections::VecDeque;

use super::key;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Making, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::iterators::holds;
use crate::types::wrappers::DICT;
use crate::vm::{PyResult, Vm};

/// How many results are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    None,
    All,
    AtMost(i64),
}

/// `lru_cache_object`
struct LruCache {
    cache: Option<Owned>,
    function: Option<Owned>,
    info_type: Option<Owned>,
    dict: Option<Owned>,
    /// The entries of a cache of limited size, the one that was used longest ago first.
    entries: VecDeque<CacheEntry>,
    size: Size,
    typed: bool,
    hits: i64,
    misses: i64,
}

/// An entry, which the cache holds too, and what it holds itself: the collector sees that, as it does not know of entries.
struct CacheEntry {
    link: Owned,
    key: Ref,
    result: Ref,
}

impl Native for LruCache {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [
            ("cache", &self.cache),
            ("__wrapped__", &self.function),
            ("type of cache_info", &self.info_type),
            ("__dict__", &self.dict),
        ] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
        for entry in &self.entries {
            see(Role::Field("key of a cache entry"), entry.key);
            see(Role::Field("result of a cache entry"), entry.result);
        }
    }

    fn owns(&self, see: &mut dyn FnMut(Ref)) {
        let fields = [&self.cache, &self.function, &self.info_type, &self.dict].into_iter().flatten();
        fields.chain(self.entries.iter().map(|entry| &entry.link)).for_each(|owned| see(owned.borrow()));
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        for field in [&mut self.cache, &mut self.function, &mut self.info_type, &mut self.dict] {
            out.extend(field.take());
        }
        out.extend(self.entries.drain(..).map(|entry| entry.link));
    }

    fn dict_place(&mut self) -> Option<&mut Option<Owned>> {
        Some(&mut self.dict)
    }

    fn own_dict(&self) -> Option<Ref> {
        self.dict.as_ref().map(Owned::borrow)
    }
}

/// `lru_list_elem`
struct Link {
    key: Option<Owned>,
    result: Option<Owned>,
    hash: i64,
}
holds!(Link { key: "key", result: "result" });

pub(crate) static LINK: NativeType = NativeType {
    name: "_lru_list_elem",
    module: "functools",
    flags: Flags(Flags::NO_NEW),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

pub(crate) static LRU_CACHE: NativeType = NativeType {
    name: "_lru_cache_wrapper",
    module: "functools",
    slots: Slots {
        call: Some(call),
        get: Some(|vm, this, object, _| match object.filter(|&object| object != types::NONE) {
            Some(object) => Ok(vm.new_method(this, object)),
            None => Ok(vm.retain(this)),
        }),
        new: Some(new),
        ..Slots::NONE
    },
    methods: &[
        method("cache_info", Arity::None, cache_info),
        method("cache_clear", Arity::None, cache_clear),
        method("__reduce__", Arity::None, |vm, args| vm.getattr_str(args.this(), "__qualname__")),
        method("__copy__", Arity::Raw, |vm, args| Ok(vm.retain(args.this()))),
        method("__deepcopy__", Arity::Raw, |vm, args| Ok(vm.retain(args.this()))),
    ],
    getsets: &[DICT],
    flags: Flags(Flags::GC | Flags::DICT | Flags::WEAK | Flags::METHOD_DESCRIPTOR),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature {
        function: "lru_cache",
        positional_only: 0,
        names: &["user_function", "maxsize", "typed", "cache_info_type"],
        required: 4,
        positional: 4,
    };
    let [Some(function), Some(size), Some(typed), Some(info_type)] = SIGNATURE.bind(vm, args)? else {
        return Err(vm.type_error("lru_cache() misses arguments"));
    };
    let typed = vm.truth(typed)?;
    if !vm.is_callable(function) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let size = if size == types::NONE {
        Size::All
    } else if vm.class(vm.class_of(size)).slots.index.is_some() {
        match vm.as_index(size, Some(types::OVERFLOW_ERROR))? {
            ..=0 => Size::None,
            size => Size::AtMost(size),
        }
    } else {
        return Err(vm.type_error("maxsize should be integer or None"));
    };
    let state = LruCache {
        cache: Some(vm.new_dict()),
        function: Some(vm.retain(function)),
        info_type: Some(vm.retain(info_type)),
        dict: None,
        entries: VecDeque::new(),
        size,
        typed,
        hits: 0,
        misses: 0,
    };
    Ok(vm.alloc_instance(class, Value::Native(Box::new(state))))
}

fn call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    let Some((size, typed)) = vm.payload::<LruCache>(this).map(|state| (state.size, state.typed)) else { return Ok(vm.none()) };
    if size == Size::None {
        return call_function(vm, this, args);
    }
    let key = key::make(vm, args, typed);
    let hash = match vm.hash_to_find(key.borrow()) {
        Ok(hash) => hash,
        Err(stop) => {
            vm.release(key);
            return Err(stop);
        }
    };
    match found(vm, this, key.borrow(), hash) {
        Ok(None) => {}
        Ok(Some(value)) => {
            let value = if size == Size::All { value } else { used_again(vm, this, value) };
            let result = vm.retain(value);
            if let Some(state) = vm.payload_mut::<LruCache>(this) {
                state.hits += 1;
            }
            vm.release(key);
            return Ok(result);
        }
        Err(stop) => {
            vm.release(key);
            return Err(stop);
        }
    }
    match call_function(vm, this, args) {
        Ok(result) if size == Size::All => keep(vm, this, key, hash, result),
        Ok(result) => remember(vm, this, key, hash, result),
        Err(stop) => {
            vm.release(key);
            Err(stop)
        }
    }
}

/// Calls the function itself, which counts as a miss.
fn call_function(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    let Some(state) = vm.payload_mut::<LruCache>(this) else { return Ok(vm.none()) };
    state.misses += 1;
    let function = state.function.as_ref().map_or(types::NONE, Owned::borrow);
    vm.call_dict(function, args)
}

/// What the cache has under a key, borrowed.
fn found(vm: &mut Vm, this: Ref, key: Ref, hash: i64) -> PyResult<Option<Ref>> {
    let cache = cache(vm, this);
    let index = vm.dict_lookup(cache, key, hash)?;
    Ok(index.and_then(|index| vm.dict_value_at(cache, index)))
}

fn cache(vm: &Vm, this: Ref) -> Ref {
    vm.held::<LruCache>(this, |state| &state.cache).unwrap_or(types::NONE)
}

/// An entry becomes the one that was used last; its result, borrowed.
fn used_again(vm: &mut Vm, this: Ref, link: Ref) -> Ref {
    if let Some(state) = vm.payload_mut::<LruCache>(this)
        && let Some(place) = state.entries.iter().position(|entry| entry.link.borrow() == link)
        && let Some(entry) = state.entries.remove(place)
    {
        state.entries.push_back(entry);
    }
    vm.held::<Link>(link, |link| &link.result).unwrap_or(types::NONE)
}

/// `infinite_lru_cache_wrapper`, after the call.
fn keep(vm: &mut Vm, this: Ref, key: Owned, hash: i64, result: Owned) -> PyResult {
    let cache = cache(vm, this);
    let stored = vm.dict_set_hashed(cache, key.borrow(), hash, result.borrow());
    match stored {
        Ok(()) => {
            vm.release(key);
            Ok(result)
        }
        Err(stop) => {
            vm.release(result);
            vm.release(key);
            Err(stop)
        }
    }
}

/// `bounded_lru_cache_wrapper`, after the call. Whatever is let go, is so at the end.
fn remember(vm: &mut Vm, this: Ref, key: Owned, hash: i64, result: Owned) -> PyResult {
    match found(vm, this, key.borrow(), hash) {
        Ok(None) => {}
        // The call itself has put it in.
        Ok(Some(_)) => {
            vm.release(key);
            return Ok(result);
        }
        Err(stop) => {
            vm.release(key);
            vm.release(result);
            return Err(stop);
        }
    }
    let cache = cache(vm, this);
    let Some(state) = vm.payload_mut::<LruCache>(this) else { return Ok(result) };
    let Size::AtMost(limit) = state.size else { return Ok(result) };
    let full = vm.dict(cache).map_or(0, |cache| cache.len() as i64) >= limit;
    let oldest = if full {
        vm.payload_mut::<LruCache>(this).and_then(|state| state.entries.pop_front()).map(|entry| entry.link)
    } else {
        None
    };
    let Some(link) = oldest else {
        let entry = (key.borrow(), hash, result.borrow());
        let link = Link { key: Some(key), result: Some(result), hash };
        let link = vm.alloc_instance(types::LRU_LINK, Value::Native(Box::new(link)));
        return finish(vm, this, cache, entry, link, Vec::new());
    };
    evict(vm, this, cache, link, key, hash, result)
}

/// The oldest entry goes, and is used again for the new one.
fn evict(vm: &mut Vm, this: Ref, cache: Ref, link: Owned, key: Owned, hash: i64, result: Owned) -> PyResult {
    let old_hash = vm.payload::<Link>(link.borrow()).map_or(0, |link| link.hash);
    let old_key = vm.held::<Link>(link.borrow(), |link| &link.key).unwrap_or(types::NONE);
    let old_result = vm.held::<Link>(link.borrow(), |link| &link.result).unwrap_or(types::NONE);
    let popped = match vm.dict_pop_hashed(cache, old_key, old_hash) {
        Ok(Some(popped)) => popped,
        Ok(None) => {
            vm.release(link);
            vm.release(key);
            return Ok(result);
        }
        Err(stop) => {
            if let Some(state) = vm.payload_mut::<LruCache>(this) {
                state.entries.push_front(CacheEntry { link, key: old_key, result: old_result });
            }
            vm.release(key);
            vm.release(result);
            return Err(stop);
        }
    };
    let entry = (key.borrow(), hash, result.borrow());
    let mut gone = vec![popped];
    if let Some(state) = vm.payload_mut::<Link>(link.borrow()) {
        state.hash = hash;
        gone.extend(state.key.replace(key));
        gone.extend(state.result.replace(result));
    } else {
        gone.extend([key, result]);
    }
    finish(vm, this, cache, entry, link, gone)
}

/// Puts the entry (its key, that one's hash, and the result, which its link holds) into the cache, then among the entries; then
/// lets go of what it replaced, and hands over the result.
fn finish(vm: &mut Vm, this: Ref, cache: Ref, (key, hash, result): (Ref, i64, Ref), link: Owned, gone: Vec<Owned>) -> PyResult {
    if let Err(stop) = vm.dict_set_hashed(cache, key, hash, link.borrow()) {
        let mut gone = gone;
        gone.insert(gone.len().min(1), link);
        vm.release_all(gone);
        return Err(stop);
    }
    match vm.payload_mut::<LruCache>(this) {
        Some(state) => state.entries.push_back(CacheEntry { link, key, result }),
        None => vm.release(link),
    }
    let result = vm.retain(result);
    vm.release_all(gone);
    Ok(result)
}

fn cache_info(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let Some(state) = vm.payload::<LruCache>(this) else { return Ok(vm.none()) };
    let (hits, misses, size) = (state.hits, state.misses, state.size);
    let info_type = state.info_type.as_ref().map_or(types::NONE, Owned::borrow);
    let cache = cache(vm, this);
    let count = vm.dict(cache).map_or(0, |cache| cache.len() as i64);
    let limit = match size {
        Size::All => vm.none(),
        Size::None => vm.int(0),
        Size::AtMost(limit) => vm.int(limit),
    };
    let values = vec![vm.int(hits), vm.int(misses), limit, vm.int(count)];
    let borrowed: Vec<Ref> = values.iter().map(Owned::borrow).collect();
    let result = vm.call_pos(info_type, &borrowed);
    vm.release_all(values);
    result
}

fn cache_clear(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let Some(state) = vm.payload_mut::<LruCache>(args.this()) else { return Ok(vm.none()) };
    let links: Vec<Owned> = state.entries.drain(..).map(|entry| entry.link).collect();
    state.hits = 0;
    state.misses = 0;
    let cache = cache(vm, args.this());
    vm.dict_clear(cache);
    vm.release_all(links);
    Ok(vm.none())
}

/// Empties every cache that there is: each snippet starts with empty ones.
pub(crate) fn clear_all(vm: &mut Vm) {
    let caches: Vec<Ref> = vm.heap.live().filter(|(_, slot)| slot.class == types::LRU_CACHE).map(|(cache, _)| cache).collect();
    for cache in caches {
        // Nothing in there can raise.
        if let Ok(none) = cache_clear(vm, &Args::positional(&[cache])) {
            vm.release(none);
        }
    }
}
