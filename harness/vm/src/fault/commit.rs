//! Making the mistakes.

use super::state::Early;
use super::{FaultReport, Mode, Operation, Site};
use crate::heap::{Owned, Ref, UNKNOWN};
use crate::object::value::Value;
use crate::types;
use crate::vm::Vm;
use refdrift_trace::{IMMORTAL, Trajectory};

impl Vm {
    /// What the last run says of sites and faults, also one that panicked.
    pub fn fault_report(&mut self) -> FaultReport {
        self.heap.faults.report()
    }

    /// The sites that this VM reached while nothing was recorded: as it was made, and as runs were prepared.
    pub fn unrecorded_sites(&self) -> Vec<Site> {
        self.heap.faults.unrecorded()
    }

    /// What a run that panicked had recorded.
    pub fn unfinished_trajectory(&mut self) -> Option<Trajectory> {
        self.recorder.take().map(|recorder| recorder.trajectory)
    }

    /// A boundary has been recorded: what should have happened before it happens now.
    pub(crate) fn fault_boundary(&mut self) {
        self.heap.faults.boundaries += 1;
        for (object, operation) in std::mem::take(&mut self.heap.faults.late) {
            // Of an object that nobody knows, nobody sees that its count was wrong until now; unless it should have been dead.
            let slot = &self.heap[object];
            let dead = matches!(slot.value, Value::Free) || operation != Operation::Take && slot.count == 1;
            self.heap.faults.distinct |= dead || slot.id != UNKNOWN;
            if operation == Operation::Take {
                self.count_up(object);
            } else {
                self.count_down(object);
            }
        }
    }

    /// An instruction begins.
    pub(crate) fn fault_instruction(&mut self) {
        let faults = &mut self.heap.faults;
        faults.instruction += 1;
        let now = faults.instruction;
        if faults.scouting {
            return;
        }
        if let Some(early) = faults.early.filter(|early| early.instruction == now && early.done.is_none()) {
            let slot = self.heap.slot(early.object).filter(|slot| slot.born == early.born && !matches!(slot.value, Value::Free));
            if slot.is_some() {
                self.heap.faults.committed();
                self.heap.faults.early = Some(Early { done: Some(0), ..early });
                self.count_down(early.object);
                // What it sets off runs in either case: from here on, a boundary tells the two apart.
                self.heap.faults.early = Some(Early { done: Some(self.heap.faults.boundaries), ..early });
            }
        }
    }

    /// How the caller's caller goes wrong with an object.
    #[inline]
    #[track_caller]
    pub(crate) fn fault_hits(&mut self, operation: Operation, object: Ref) -> Option<Mode> {
        let slot = &self.heap[object];
        let (born, counted) = (slot.born, slot.count != IMMORTAL);
        self.heap.faults.failing = self.raised.is_some();
        let mode = self.heap.faults.hit(operation, object, born, counted)?;
        self.heap.mark_mistaken(object);
        Some(mode)
    }

    /// Takes a reference, and makes a mistake.
    pub(crate) fn retain_wrongly(&mut self, object: Ref, mode: Mode) -> Owned {
        match mode {
            Mode::Twice => {
                self.count_up(object);
                self.count_up(object);
            }
            Mode::WrongObject => {
                let other = self.bystander(object);
                self.count_up(other);
            }
            Mode::Late => self.heap.faults.late.push((object, Operation::Take)),
            _ => {}
        }
        Owned::adopt(object)
    }

    /// Gives a reference back, and makes a mistake.
    pub(crate) fn release_wrongly(&mut self, owned: Owned, mode: Mode) {
        let object = owned.into_ref();
        match mode {
            Mode::Twice => {
                self.count_down(object);
                self.count_down(object);
            }
            Mode::WrongObject => {
                let other = self.bystander(object);
                self.count_down(other);
            }
            Mode::Late => self.heap.faults.late.push((object, Operation::GiveBack)),
            _ => {}
        }
    }

    /// Lends a reference, and makes a mistake.
    pub(crate) fn lend_wrongly<T>(&mut self, owned: Owned, mode: Mode, run: impl FnOnce(&mut Self, Ref) -> T) -> T {
        let object = owned.into_ref();
        if mode == Mode::Early {
            let before = self.heap.faults.boundaries;
            let dies = self.heap[object].count == 1;
            self.count_down(object);
            let result = run(self, object);
            // Whoever else holds it, holds it for the length of the loan.
            self.heap.faults.distinct |= dies || self.heap.faults.boundaries != before;
            return result;
        }
        let result = run(self, object);
        self.release_wrongly(Owned::adopt(object), mode);
        result
    }

    /// Counts a reference that only changes hands.
    pub(crate) fn transfer_wrongly(&mut self, object: Ref, mode: Mode) {
        if mode == Mode::Counted { self.count_up(object) } else { self.count_down(object) }
    }

    /// Makes a mistake with what a dying object holds: what waits from that height on, the first to go first.
    pub(crate) fn deallocate_wrongly(&mut self, height: usize, mode: Mode) {
        if mode == Mode::Late {
            let dying = &self.waiting[height..];
            let dies = |owned: &&Owned| self.heap[owned.borrow()].count == 1 && self.heap[owned.borrow()].id != UNKNOWN;
            // One that lives on may go whenever it likes.
            let first = dying[0].borrow();
            let times = dying.iter().filter(|owned| owned.borrow() == first).count();
            let moved = usize::try_from(self.heap[first].count).is_ok_and(|count| count <= times);
            self.heap.faults.distinct |= moved && dying.iter().filter(dies).count() >= 2;
        }
        match mode {
            Mode::LeftOut => {
                let mut all = self.waiting[height..].iter();
                let first = all.position(|owned| !self.heap.was_there(owned.borrow())).unwrap_or(0);
                let forgotten = self.waiting.remove(height + first).into_ref();
                self.heap.mark_mistaken(forgotten);
            }
            Mode::Late => self.waiting[height..].rotate_left(1),
            _ => {
                let all = || self.waiting[height..].iter().rev().map(Owned::borrow);
                let last = all().find(|&held| !self.heap.was_there(held)).or_else(|| all().next());
                if let Some(last) = last {
                    self.heap.mark_mistaken(last);
                    self.waiting.push(Owned::adopt(last));
                }
            }
        }
    }

    fn count_up(&mut self, object: Ref) {
        self.heap.adjust(object, 1);
    }

    fn count_down(&mut self, object: Ref) {
        if self.heap.decrement(object) {
            self.free(object);
        }
    }

    /// Another object that is at hand.
    fn bystander(&self, object: Ref) -> Ref {
        let top = self.stack.iter().rev().flatten().take(3).map(Owned::borrow);
        let class = self.heap[object].class;
        top.chain([class, types::NONE])
            .find(|&other| other != object && !matches!(self.heap[other].value, Value::Free) && self.heap[other].count != IMMORTAL)
            .unwrap_or(class)
    }
}
