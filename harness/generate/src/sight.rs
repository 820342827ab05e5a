//! What is in sight at a place: found once, asked for every production that could stand there.

use crate::kinds::{Kind, Ty, Want, bit, kinds};
use crate::writer::Writer;

/// The kinds of variables in sight.
pub(crate) struct Sight {
    /// Of all of them.
    all: u64,
    /// Of those of the innermost scope.
    own: u64,
    /// Of those that can be called.
    callable: u64,
    /// The features of each class and each instance, whether it is of the innermost scope.
    featured: Vec<(Kind, u64, bool)>,
    quiet: bool,
    in_fstring: bool,
    /// See [`Writer::forbidden`].
    pub(crate) forbidden: u32,
}

impl Sight {
    /// What the writer sees where it stands.
    pub(crate) fn new(writer: &Writer<'_>) -> Self {
        let context = &writer.context;
        let mut sight = Self {
            all: 0,
            own: 0,
            callable: 0,
            featured: Vec::new(),
            quiet: context.quiet,
            in_fstring: context.in_fstring,
            forbidden: writer.forbidden(),
        };
        let innermost = writer.scopes.all.len() - 1;
        for (depth, index) in writer.scopes.visible(|_| true) {
            let ty = writer.scopes.all[depth].variables[index].ty;
            let Ty(kind, id) = ty;
            let own = depth == innermost;
            sight.all |= bit(kind);
            if own {
                sight.own |= bit(kind);
            }
            if matches!(kind, Kind::Obj | Kind::Cls) {
                sight.featured.push((kind, writer.classes[usize::from(id)].features, own));
            }
            if sight.callable & bit(kind) == 0 && writer.may_call(ty) {
                sight.callable |= bit(kind);
            }
        }
        sight
    }

    /// Whether there is a variable that a hole asks for.
    pub(crate) fn has(&self, want: Want) -> bool {
        if want.features == 0 { self.all & want.kinds != 0 } else { self.has_featured(want, |_| true) }
    }

    /// Whether there is one in the innermost scope.
    pub(crate) fn has_own(&self, want: Want) -> bool {
        if want.features == 0 { self.own & want.kinds != 0 } else { self.has_featured(want, |own| own) }
    }

    /// Whether there is one that can be called.
    pub(crate) fn can_call(&self, want: Want) -> bool {
        if want.features == 0 {
            return self.callable & want.kinds != 0;
        }
        let classes = Want { kinds: want.kinds & bit(Kind::Cls), ..want };
        !self.quiet && self.has_featured(classes, |_| true)
    }

    /// Whether a hole of that kind can be filled.
    pub(crate) fn can_have(&self, want: Want) -> bool {
        self.has(want) || self.can_make(want)
    }

    /// Whether it can be filled with something new.
    pub(crate) fn can_make(&self, want: Want) -> bool {
        let calls = |kind: Kind, features: u64| self.can_call(Want { kinds: bit(kind), features });
        kinds(want.kinds).any(|kind| match kind {
            Kind::Obj => !self.quiet && calls(Kind::Cls, want.features),
            Kind::Ref => self.all & bit(Kind::Obj) != 0,
            Kind::Fn => !self.in_fstring,
            Kind::Coro => calls(Kind::CoroFn, 0),
            Kind::Agen => calls(Kind::AgenFn, 0),
            Kind::Cls | Kind::GenFn | Kind::CoroFn | Kind::AgenFn => false,
            _ => true,
        })
    }

    fn has_featured(&self, want: Want, own: impl Fn(bool) -> bool) -> bool {
        self.featured
            .iter()
            .any(|&(kind, features, inner)| want.kinds & bit(kind) != 0 && features & want.features == want.features && own(inner))
    }
}
