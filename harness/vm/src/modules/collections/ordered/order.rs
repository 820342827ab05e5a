//! The order of the keys of an `OrderedDict`: a doubly linked list of references to them.

use rustc_hash::FxHashMap;

use crate::heap::{Owned, Ref};
use crate::object::value::{Native, Role};

struct Node {
    key: Option<Owned>,
    hash: i64,
    previous: Option<usize>,
    next: Option<usize>,
}

/// What an `OrderedDict` has beside the items of its dict.
#[derive(Default)]
pub(super) struct Order {
    nodes: Vec<Node>,
    free: Vec<usize>,
    /// The node of each key, by the key object that the dict holds.
    places: FxHashMap<Ref, usize>,
    first: Option<usize>,
    last: Option<usize>,
    /// Changes with the order.
    pub(super) state: u64,
    /// `__dict__`
    dict: Option<Owned>,
}

impl Native for Order {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(dict) = &self.dict {
            see(Role::Field("__dict__"), dict.borrow());
        }
        self.keys().for_each(|(key, _)| see(Role::Field("key in order"), key));
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.dict.take());
        out.extend(self.take_keys());
    }

    fn dict_place(&mut self) -> Option<&mut Option<Owned>> {
        Some(&mut self.dict)
    }

    fn own_dict(&self) -> Option<Ref> {
        self.dict.as_ref().map(Owned::borrow)
    }
}

/// An end of the order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    First,
    Last,
}

impl Order {
    /// The keys with their hashes, the first one first.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Ref, i64)> {
        let mut at = self.first;
        std::iter::from_fn(move || {
            let node = &self.nodes[at?];
            at = node.next;
            node.key.as_ref().map(|key| (key.borrow(), node.hash))
        })
    }

    /// The key at an end, with its hash.
    pub(super) fn end(&self, end: End) -> Option<(Ref, i64)> {
        let node = &self.nodes[if end == End::First { self.first? } else { self.last? }];
        node.key.as_ref().map(|key| (key.borrow(), node.hash))
    }

    /// Whether a key, as the dict holds it, is in the order.
    pub(super) fn has(&self, key: Ref) -> bool {
        self.places.contains_key(&key)
    }

    /// The key next to one, towards an end.
    pub(super) fn neighbour(&self, key: Ref, towards: End) -> Option<Ref> {
        let node = &self.nodes[*self.places.get(&key)?];
        let next = if towards == End::First { node.previous } else { node.next };
        self.nodes[next?].key.as_ref().map(Owned::borrow)
    }

    /// Puts a new key last.
    pub(super) fn push(&mut self, key: Owned, hash: i64) {
        let reference = key.borrow();
        let node = Node { key: Some(key), hash, previous: None, next: None };
        let place = match self.free.pop() {
            Some(place) => {
                self.nodes[place] = node;
                place
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() - 1
            }
        };
        self.places.insert(reference, place);
        self.link(place, End::Last);
    }

    fn link(&mut self, place: usize, end: End) {
        let (outer, other) = match end {
            End::First => (self.first.replace(place), None),
            End::Last => (None, self.last.replace(place)),
        };
        let node = &mut self.nodes[place];
        (node.previous, node.next) = (other, outer);
        match end {
            End::First => match outer {
                Some(outer) => self.nodes[outer].previous = Some(place),
                None => self.last = Some(place),
            },
            End::Last => match other {
                Some(other) => self.nodes[other].next = Some(place),
                None => self.first = Some(place),
            },
        }
        self.state += 1;
    }

    fn unlink(&mut self, place: usize) {
        let (previous, next) = (self.nodes[place].previous.take(), self.nodes[place].next.take());
        match previous {
            Some(previous) => self.nodes[previous].next = next,
            None => self.first = next,
        }
        match next {
            Some(next) => self.nodes[next].previous = previous,
            None => self.last = previous,
        }
        self.state += 1;
    }

    /// Takes a key out.
    pub(super) fn remove(&mut self, key: Ref) -> Option<Owned> {
        let place = self.places.remove(&key)?;
        self.unlink(place);
        self.free.push(place);
        self.nodes[place].key.take()
    }

    /// Moves a key to an end, unless it is there.
    pub(super) fn move_to(&mut self, key: Ref, end: End) {
        let Some(&place) = self.places.get(&key) else { return };
        if (if end == End::First { self.first } else { self.last }) != Some(place) {
            self.unlink(place);
            self.link(place, end);
        }
    }

    /// Takes all keys out, in order.
    pub(super) fn take_keys(&mut self) -> Vec<Owned> {
        let order: Vec<Ref> = self.keys().map(|(key, _)| key).collect();
        let keys = order.iter().filter_map(|key| self.nodes[*self.places.get(key)?].key.take()).collect();
        self.nodes.clear();
        self.free.clear();
        self.places.clear();
        (self.first, self.last) = (None, None);
        keys
    }
}
