//! What `refdrift faults` prints.

use std::collections::BTreeMap;
use std::fmt::Write;

use refdrift_runner::faults::{Catch, Fate, FaultResult, FaultSummary};
use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::{Alignment, Modify, Padding, Style};

use crate::Paint;

/// How many of one list are told by name.
const MOST: usize = 40;

/// What became of all faults: by mode, by part of the VM, and each that was not caught.
pub fn faults(results: &[FaultResult], paint: Paint) -> String {
    let mut text = table("mode", &FaultSummary::by(results, |result| &result.mode), results, paint);
    text.push('\n');
    text += &table("part of the VM", &FaultSummary::by(results, FaultResult::family), results, paint);
    kinds(&mut text, results, paint);
    explained(&mut text, results, paint);
    list(&mut text, results, paint, Fate::Survived, "survived");
    list(&mut text, results, paint, Fate::Unreached, "reached by no case");
    let mut all = FaultSummary::default();
    for result in results {
        all.add(result);
    }
    let caught = all.diverged + all.stopped;
    let of = all.faults - all.explained - all.unreached_explained;
    let impossible = results.iter().filter(|result| result.fate == Fate::Impossible).count();
    let _ = writeln!(text, "\ncatch rate: {:.1} % ({caught} of {of})", all.rate());
    let _ =
        writeln!(text, "caught are those that diverge and those at which the VM stops or its audit finds a wrong count, of all");
    let _ = writeln!(
        text,
        "but {} with a reason; unreached ones count as not caught; {impossible} more could not be made",
        all.faults - of
    );
    text
}

/// One result as a line of JSON.
pub fn faults_json(result: &FaultResult) -> String {
    serde_json::to_string(result).unwrap_or_default() + "\n"
}

fn table(first: &str, groups: &BTreeMap<&str, FaultSummary>, results: &[FaultResult], paint: Paint) -> String {
    let mut builder = Builder::default();
    let heads = [first, "faults", "diverged", "VM stopped", "survived", "unreached", "explained", "catch rate"];
    builder.push_record(heads.map(|head| paint.heading(head)));
    let mut all = FaultSummary::default();
    for result in results {
        all.add(result);
    }
    for (name, counts) in groups.iter().map(|(name, counts)| (*name, counts)).chain([("all", &all)]) {
        let numbers = [
            counts.faults,
            counts.diverged,
            counts.stopped,
            counts.survived,
            counts.unreached,
            counts.explained + counts.unreached_explained,
        ];
        let cells = numbers.iter().map(ToString::to_string).chain([format!("{:.1} %", counts.rate())]);
        builder.push_record(std::iter::once(name.to_owned()).chain(cells));
    }
    let mut table = builder.build();
    table.with(Style::empty()).with(Padding::new(0, 2, 0, 0)).with(Modify::new(Columns::new(1..)).with(Alignment::right()));
    table.to_string().lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn kinds(text: &mut String, results: &[FaultResult], paint: Paint) {
    let mut counts: BTreeMap<Catch, (usize, Vec<usize>)> = BTreeMap::new();
    for result in results {
        let Some(catch) = result.caught else { continue };
        let entry = counts.entry(catch).or_default();
        entry.0 += 1;
        entry.1.extend(result.distance);
    }
    let _ = writeln!(text, "\n{}", paint.heading("caught as"));
    for (catch, (count, mut distances)) in counts {
        let words = match catch {
            Catch::Divergence(kind) => kind.words(),
            Catch::Panic => "the VM panicked",
            Catch::Unsupported => "the VM went where it has nothing",
            Catch::Died => "the VM took its process along",
            Catch::Audit => "the VM's audit found a wrong count",
            Catch::Stale => "the VM released what it had freed",
        };
        distances.sort_unstable();
        let median = distances.get(distances.len() / 2).map_or(String::new(), |median| {
            format!("   {median} boundaries after the mistake (median), {} at most", distances[distances.len() - 1])
        });
        let _ = writeln!(text, "  {words:33} {count:6}{median}");
    }
}

fn explained(text: &mut String, results: &[FaultResult], paint: Paint) {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in results.iter().filter_map(|result| result.reason.as_deref()) {
        *reasons.entry(reason).or_default() += 1;
    }
    if !reasons.is_empty() {
        let _ = writeln!(text, "\n{}", paint.heading("not caught, for a reason"));
    }
    for (reason, count) in reasons {
        let _ = writeln!(text, "  {count:5}  {reason}");
    }
}

fn list(text: &mut String, results: &[FaultResult], paint: Paint, fate: Fate, heading: &str) {
    let mut sites: BTreeMap<&str, (u32, Vec<&str>)> = BTreeMap::new();
    for result in results.iter().filter(|result| result.fate == fate && result.reason.is_none()) {
        let entry = sites.entry(&result.site).or_default();
        entry.0 = result.line;
        entry.1.push(&result.mode);
    }
    if sites.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", paint.heading(heading));
    for (site, (line, modes)) in sites.iter().take(MOST) {
        let modes = if fate == Fate::Unreached { String::new() } else { format!(": {}", modes.join(", ")) };
        let _ = writeln!(text, "  {site} (line {line}){modes}");
    }
    if sites.len() > MOST {
        let _ = writeln!(text, "  and {} more sites (--format json lists all)", sites.len() - MOST);
    }
}
