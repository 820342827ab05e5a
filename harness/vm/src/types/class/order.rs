//! The order in which a class and its bases are asked for attributes (`mro_invoke`, `mro_implementation` in `Objects/typeobject.c`).

use super::layout::solid_base;
use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

impl Vm {
    /// A class's resolution order, by its metaclass's own `mro` if that has one (`mro_invoke`).
    pub(in crate::types) fn resolution_order(&mut self, class: Ref) -> PyResult {
        if self.lookup(self.class_of(class), names::MRO) == self.lookup(types::TYPE, names::MRO) {
            return self.computed_order(class);
        }
        let order = self.call_special(class, names::MRO, &[])?;
        let Some(order) = order else { return self.computed_order(class) };
        let order = self.lend(order, Self::sequence_tuple)?;
        if self.items(order.borrow()).is_some_and(|order| order.is_empty()) {
            self.release(order);
            return Err(self.type_error("type MRO must not be empty"));
        }
        match self.check_order(class, order.borrow()) {
            Ok(()) => Ok(order),
            Err(stop) => {
                self.release(order);
                Err(stop)
            }
        }
    }

    /// `mro_check`
    fn check_order(&mut self, class: Ref, order: Ref) -> PyResult<()> {
        let solid = solid_base(self, class);
        for entry in self.items(order).unwrap_or_default() {
            if !matches!(self.heap[entry].value, Value::Type(_)) {
                let message = format!("mro() returned a non-class ('{}')", self.type_name(entry));
                return Err(self.type_error(message));
            }
            if !self.is_subclass(solid, solid_base(self, entry)) {
                let message = format!("mro() returned base with unsuitable layout ('{}')", self.class(entry).name);
                return Err(self.type_error(message));
            }
        }
        Ok(())
    }

    /// Computes a class's resolution order (`mro_implementation`: C3).
    pub(in crate::types) fn computed_order(&mut self, class: Ref) -> PyResult {
        let bases = self.class(class).bases.as_ref().map(Owned::borrow).and_then(|bases| self.items(bases)).unwrap_or_default();
        if let Some(&base) = bases.iter().find(|&&base| self.class(base).mro.is_none()) {
            let message = format!("Cannot extend an incomplete type '{}'", self.class(base).name);
            return Err(self.type_error(message));
        }
        for (index, base) in bases.iter().enumerate() {
            if bases[..index].contains(base) {
                let message = format!("duplicate base class {}", self.class(*base).short_name());
                return Err(self.type_error(message));
            }
        }
        let mut lists: Vec<Vec<Ref>> = bases.iter().map(|&base| self.mro(base)).collect();
        lists.push(bases);
        let mut order = vec![class];
        loop {
            lists.retain(|list| !list.is_empty());
            if lists.is_empty() {
                break;
            }
            let good = lists.iter().map(|list| list[0]).find(|head| lists.iter().all(|list| !list[1..].contains(head)));
            let Some(next) = good else {
                let mut heads: Vec<String> = Vec::new();
                for list in &lists {
                    let name = self.class(list[0]).short_name().to_owned();
                    if !heads.contains(&name) {
                        heads.push(name);
                    }
                }
                let message = format!(
                    "Cannot create a consistent method resolution{}order (MRO) for bases {}",
                    if self.profile.mro_error_in_one_line { ' ' } else { '\n' },
                    heads.join(", ")
                );
                return Err(self.type_error(message));
            };
            order.push(next);
            for list in &mut lists {
                if list[0] == next {
                    list.remove(0);
                }
            }
        }
        Ok(self.tuple_of(&order))
    }
}
