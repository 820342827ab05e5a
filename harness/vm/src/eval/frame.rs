//! Frames that run.

use refdrift_trace::{FrameId, ObjectId};

use crate::heap::{Owned, Ref};
use crate::object::value::Role;
use crate::types::{self, code::CodeRef};

/// A frame (`_PyInterpreterFrame`). Its locals and its stack lie on the VM's own stack, from `base` on.
pub(crate) struct Frame {
    pub(crate) code: CodeRef,
    /// The index of the next instruction.
    pub(crate) pc: usize,
    /// The index of the instruction that runs: what tracebacks and handlers go by.
    pub(crate) current: usize,
    /// What that instruction called in the same loop has raised: 3.11 and 3.12 then say that its last inline cache is where
    /// the frame is.
    pub(crate) past_caches: bool,
    /// Where its slots start on the VM's stack.
    pub(crate) base: usize,
    /// So many of its first slots hold what its caller lends it.
    pub(crate) borrowed: usize,
    /// Of a twin: the operands of its instruction that are its locals' too, which C would lend and not count.
    pub(crate) lent: Option<Box<[Ref]>>,
    /// Its function.
    pub(crate) function: Option<Owned>,
    /// The code object that the frame holds on its own account.
    pub(crate) code_object: Option<Owned>,
    /// Its globals and builtins; the function owns them.
    pub(crate) globals: Ref,
    pub(crate) builtins: Ref,
    /// The locals dict of a module or class body.
    pub(crate) locals: Option<Owned>,
    /// Its frame object, once somebody asked for it.
    pub(crate) object: Option<Owned>,
    /// The generator that owns it. (The generator outlives it: it is owned by whoever resumed it.)
    pub(crate) generator: Option<Ref>,
    pub(crate) resumer: Resumer,
    /// Names for the next call (`KW_NAMES`).
    pub(crate) kwnames: Option<Ref>,
    /// What the recorder last saw of it.
    pub(crate) shadow: Option<Box<Shadow>>,
}

/// Who resumed a generator's frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Resumer {
    /// Native code, which runs it in a loop of its own. Also for a frame that is no generator's.
    Native,
    /// `FOR_ITER` of the frame below, in the same loop. After the last value that frame goes on at the target.
    ForIter(u32),
    /// `SEND` of the frame below, in the same loop. What it sends, `None`, stays on top of that frame's stack meanwhile.
    Send(u32),
}

/// What the recorder last saw of a frame.
#[derive(Default)]
pub(crate) struct Shadow {
    pub(crate) id: FrameId,
    /// The number of the object in each slot.
    pub(crate) slots: Vec<Option<(Ref, ObjectId)>>,
    /// How many known objects had been freed by then.
    pub(crate) epoch: u64,
}

impl Frame {
    /// A frame that owns nothing yet.
    pub(crate) fn new(code: CodeRef) -> Self {
        Self {
            code,
            pc: 0,
            current: 0,
            past_caches: false,
            base: 0,
            borrowed: 0,
            lent: None,
            function: None,
            code_object: None,
            globals: types::NONE,
            builtins: types::NONE,
            locals: None,
            object: None,
            generator: None,
            resumer: Resumer::Native,
            kwnames: None,
            shadow: None,
        }
    }

    /// Makes it as good as new. Whatever it owned has been handed over.
    pub(crate) fn renew(&mut self) {
        (self.pc, self.current, self.past_caches, self.borrowed, self.resumer) = (0, 0, false, 0, Resumer::Native);
        (self.lent, self.generator, self.kwnames, self.shadow) = (None, None, None, None);
    }

    /// Shows the references that the frame owns beside its slots.
    pub(crate) fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [
            ("frame's function", &self.function),
            ("frame's code", &self.code_object),
            ("frame's locals dict", &self.locals),
            ("frame object", &self.object),
        ] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    /// Hands over the references that the frame owns beside its slots (`_PyFrame_Clear`).
    pub(crate) fn give_back(self, out: &mut Vec<Owned>) {
        out.extend([self.object, self.locals, self.function, self.code_object].into_iter().flatten());
    }
}

impl Frame {
    /// The number of the code unit where the frame is (`_PyInterpreterFrame_LASTI`).
    pub(crate) fn lasti(&self) -> u32 {
        let Some(instr) = self.code.code.instrs.get(self.current) else { return 0 };
        if !self.past_caches {
            return instr.lasti();
        }
        let next = self.code.code.instrs[self.current..].iter().find(|next| next.offset > instr.offset);
        next.map_or(instr.lasti(), |next| next.offset / 2 - 1)
    }

    /// The line of the instruction that runs.
    pub(crate) fn line(&self) -> Option<u32> {
        self.code.code.line(self.code.code.instrs.get(self.current)?.offset)
    }
}
