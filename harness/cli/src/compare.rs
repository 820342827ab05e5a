//! `refdrift compare`

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use refdrift_record::{Header, Origin};
use refdrift_reports::Changes;

use crate::args::{CompareArgs, TextFormat};
use crate::records::Records;
use crate::{Failure, exit, paint, prepare};

pub(crate) fn compare(args: &CompareArgs) -> Result<u8, Failure> {
    let (base, new) = (std::slice::from_ref(&args.base), std::slice::from_ref(&args.new));
    let cancelled = prepare::cancelled_by_keyboard()?;
    let mut changes = before(base, new, &cancelled)?;
    if args.format == TextFormat::Plain {
        changes.list_all();
    }
    Records::open(new, &cancelled)?.read(&mut |result| {
        changes.now(result);
        Ok(())
    })?;
    gone(&mut changes, base, &cancelled)?;
    let text = match args.format {
        _ if args.markdown => changes.markdown(),
        TextFormat::Table => changes.render(paint()),
        TextFormat::Plain => changes.plain(),
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(if changes.got_worse() { exit::DIVERGED } else { exit::AGREED })
}

/// What the older records hold, once it is clear that the newer ones can be measured by it.
pub(crate) fn before(base: &[PathBuf], new: &[PathBuf], cancelled: &Arc<AtomicBool>) -> Result<Changes, Failure> {
    let (older, newer) = (Records::open(base, cancelled)?, Records::open(new, cancelled)?);
    if let Some(why) = older.header().zip(newer.header()).and_then(|(older, newer)| incomparable(older, newer)) {
        return Err(strangers(base, new, why));
    }
    let mut changes = Changes::new();
    older.read(&mut |result| {
        changes.before(result);
        Ok(())
    })?;
    Ok(changes)
}

/// Looks through the older records for what the newer ones do not hold.
pub(crate) fn gone(changes: &mut Changes, base: &[PathBuf], cancelled: &Arc<AtomicBool>) -> Result<(), Failure> {
    if !changes.have_something_in_common() {
        let line = format!("{}: holds no case that the newer record holds, on no Python", base[0].display());
        return Err(Failure::usage(line));
    }
    Records::open(base, cancelled)?.reread(&mut |result| changes.gone(result))
}

fn strangers(base: &[PathBuf], new: &[PathBuf], why: &str) -> Failure {
    Failure::usage(format!("{} and {} cannot be compared: {why}", base[0].display(), new[0].display()))
}

/// Why what became of the cases cannot be told. Files may be named otherwise and change; the same seed makes the same cases.
fn incomparable(older: &Header, newer: &Header) -> Option<&'static str> {
    match (&older.origin, &newer.origin) {
        (Origin::Files { .. }, Origin::Files { .. }) => None,
        (older, newer) if older == newer => None,
        (Origin::Generated { .. }, Origin::Generated { .. }) => Some("their cases are generated from different seeds or profiles"),
        _ => Some("the cases of one are from files, those of the other are generated"),
    }
}
