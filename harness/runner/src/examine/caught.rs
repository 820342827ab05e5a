//! Panics that are told, not shown.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// What the panic said that is being caught on this thread; none while nothing is to be caught.
    static CAUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs something that may panic, and keeps the panic's message and place from the terminal.
pub(super) fn catch<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let caught =
                CAUGHT.with_borrow_mut(|caught| caught.as_mut().map(|caught| *caught = info.to_string().replace('\n', " ")));
            if caught.is_none() {
                before(info);
            }
        }));
    });
    CAUGHT.set(Some(String::new()));
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    let message = CAUGHT.take().unwrap_or_default();
    result.map_err(|_| message.trim_start_matches("panicked at ").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_with_its_place() {
        assert_eq!(catch(|| 1), Ok(1));
        let message = catch(|| -> u32 { panic!("no\nway") }).unwrap_err();
        assert!(message.contains("caught.rs") && message.ends_with("no way"), "{message}");
    }
}
