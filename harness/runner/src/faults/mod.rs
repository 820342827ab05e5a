//! Does the harness catch what it must? Breaks the VM at one site after the other, and looks whether the cases show it.
//!
//! `faults` runs all cases on both engines and notes which sites each reaches; then it makes each mistake ([`Fault`]: a site
//! and a mode) in the cases that reach the site, the cheapest first, until the engines diverge on one.

#[cfg(feature = "faults")]
mod ground;
#[cfg(feature = "faults")]
mod hunt;
mod reasons;
mod result;
mod sites;
#[cfg(feature = "faults")]
mod threads;
#[cfg(feature = "faults")]
mod trial;

#[cfg(feature = "faults")]
pub use hunt::{FaultEvent, FaultOptions, ReachedSite, faults, reach};
pub use reasons::{Reason, reason_for, stale_reasons};
pub use result::{Catch, FORMAT, Fate, FaultResult, FaultSummary};
pub use sites::Sites;
#[cfg(feature = "faults")]
pub use trial::{Danger, Trial, Witness};

use refdrift_vm::{Fault, Mode};

/// Reads a fault as it is named: `eval/data.rs::binary_with release 2 left-out`, with ` failing` behind only where an exception
/// is under way.
pub fn named(text: &str, sites: &Sites) -> Result<Fault, String> {
    let wrong = || format!("`{text}` is no fault: write a site and a mode as `refdrift faults` prints them");
    let (text, failing) = text.strip_suffix(" failing").map_or((text, false), |text| (text, true));
    let (site, mode) = text.rsplit_once(' ').ok_or_else(wrong)?;
    let mode = Mode::TABLE.iter().find(|row| row.1 == mode).map(|row| row.0).ok_or_else(wrong)?;
    let site = sites.find(site).filter(|site| site.operation.modes().contains(&mode)).ok_or_else(wrong)?;
    Ok(Fault { site, mode, failing, patience: u64::MAX })
}
