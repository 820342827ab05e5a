//! The same work on many items, on several threads.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use refdrift_vm::Vm;

use crate::examine::{Examiner, Limits, Pool};

/// Does something with each item on as many threads as asked for, and hands the results to the caller's thread.
pub(super) fn each<T: Sync, R: Send>(
    pool: &Pool,
    limits: Limits,
    jobs: usize,
    items: &[T],
    work: &(dyn Fn(&mut Examiner<'_>, &T) -> R + Sync),
    take: &mut dyn FnMut(R),
) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (sender, receiver) = channel();
        for _ in 0..jobs.min(items.len()) {
            let sender = sender.clone();
            let next = &next;
            let body = move || {
                let mut examiner = Examiner::new(pool, limits);
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !pool.cancelled()) {
                    if sender.send(work(&mut examiner, item)).is_err() {
                        break;
                    }
                }
            };
            std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn_scoped(scope, body)?;
        }
        drop(sender);
        receiver.iter().for_each(take);
        Ok(())
    })
}
