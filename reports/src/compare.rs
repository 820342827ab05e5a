//! What became of the cases since another record.

use std::collections::HashMap;
use std::fmt::Write;
use std::hash::{BuildHasherDefault, Hasher};

use refdrift_record::{CaseResult, Signature, Standing};
use siphasher::sip::SipHasher13;
use siphasher::sip128::{Hasher128, SipHasher13 as SipHasher128};

use crate::{Paint, markdown};

/// At most that many cases of one change are listed, the others are counted.
const MOST_LISTED: usize = 100;

/// What became of a case on one series of Python (`3.12`) from the older record to the newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It diverges now, and did not before or was not there.
    Diverges,
    /// An engine fails now, or what the case states does not hold, and it was not so before.
    Fails,
    /// It was compared before and is unsupported or incomparable now, or it is new and so.
    Unsupported,
    /// It diverges or fails as before, but in another way.
    Otherwise,
    /// It diverges or fails as before.
    Still,
    /// It did not agree and does now.
    Fixed,
    /// It is not in the newer record.
    Gone,
}

impl Change {
    /// Every one, what is worst first.
    pub const ALL: [Self; 7] =
        [Self::Diverges, Self::Fails, Self::Unsupported, Self::Otherwise, Self::Still, Self::Fixed, Self::Gone];

    /// Its heading in reports.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Diverges => "newly diverging",
            Self::Fails => "newly failing",
            Self::Unsupported => "newly unsupported",
            Self::Otherwise => "diverging or failing otherwise",
            Self::Still => "still diverging or failing",
            Self::Fixed => "fixed",
            Self::Gone => "gone",
        }
    }

    /// A word for it that can be part of a style's name.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Diverges | Self::Fails => "bad",
            Self::Unsupported | Self::Otherwise => "mixed",
            Self::Still | Self::Gone => "quiet",
            Self::Fixed => "good",
        }
    }

    /// Whether it makes the comparison fail.
    pub const fn is_worse(self) -> bool {
        matches!(self, Self::Diverges | Self::Fails | Self::Unsupported)
    }
}

/// A case of which something became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// `suite/name`
    pub(crate) case: String,
    /// The Python's series.
    pub(crate) python: String,
    /// What it is now, and what it was.
    pub(crate) words: String,
}

/// Two records, measured by each other: all results of the older one go to [`Changes::before`], then those of the newer one to
/// [`Changes::now`], then those of the older one once more to [`Changes::gone`].
#[derive(Debug, Default)]
pub struct Changes {
    before: HashMap<u128, Before, BuildHasherDefault<Folded>>,
    signatures: Vec<Option<Signature>>,
    places: HashMap<Option<Signature>, u32>,
    counts: HashMap<Change, usize>,
    entries: HashMap<Change, Vec<Entry>>,
    agreed: usize,
    seen: usize,
    all: bool,
}

/// What a case was. A record may hold a million of them.
#[derive(Clone, Copy, Debug)]
struct Before {
    standing: Standing,
    signature: u32,
    seen: bool,
}

/// The keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct Folded(u64);

impl Hasher for Folded {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut hasher = SipHasher13::new();
        hasher.write(bytes);
        self.0 = hasher.finish();
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }
}

impl Changes {
    /// Two empty records.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists all that changes, however many; else the first hundred of each change.
    pub fn list_all(&mut self) {
        self.all = true;
    }

    /// Takes in a result of the older record.
    pub fn before(&mut self, result: &CaseResult) {
        let signature = Signature::of(result);
        let next = self.signatures.len() as u32;
        let place = *self.places.entry(signature).or_insert_with_key(|signature| {
            self.signatures.push(signature.clone());
            next
        });
        self.before.insert(key(result), Before { standing: result.verdict, signature: place, seen: false });
    }

    /// Takes in a result of the newer record and says what became of it; nothing if it is as good as before.
    pub fn now(&mut self, result: &CaseResult) -> Option<Change> {
        let before = self.before.get_mut(&key(result)).map(|before| {
            before.seen = true;
            *before
        });
        self.seen += usize::from(before.is_some());
        let old = before.and_then(|before| self.signatures.get(before.signature as usize)?.clone());
        let Some(change) = change(before.map(|before| before.standing), result.verdict, old.as_ref(), result) else {
            self.agreed += usize::from(is_good(result.verdict));
            return None;
        };
        let now = state(result.verdict, Signature::of(result).as_ref());
        let words = match (change, before) {
            (Change::Still, _) => now,
            (_, None) => format!("{now} (not in the older record)"),
            (_, Some(before)) => format!("{now} (was: {})", state(before.standing, old.as_ref())),
        };
        self.put(change, result, words);
        Some(change)
    }

    /// Takes in a result of the older record once more, after the newer one was read.
    pub fn gone(&mut self, result: &CaseResult) {
        if self.before.get(&key(result)).is_some_and(|before| !before.seen) {
            self.put(Change::Gone, result, format!("was: {}", state(result.verdict, Signature::of(result).as_ref())));
        }
    }

    /// Whether both records have a case on the same series of Python; if not, they do not belong together.
    pub fn have_something_in_common(&self) -> bool {
        self.seen > 0
    }

    /// Whether something got worse.
    pub fn got_worse(&self) -> bool {
        self.counts.keys().any(|change| change.is_worse())
    }

    fn put(&mut self, change: Change, result: &CaseResult, words: String) {
        *self.counts.entry(change).or_default() += 1;
        let entries = self.entries.entry(change).or_default();
        if self.all || entries.len() < MOST_LISTED {
            entries.push(Entry { case: result.case.clone(), python: series(&result.python), words });
        }
    }

    /// Each change that there is, with how many and those that are listed.
    pub(crate) fn told(&self) -> impl Iterator<Item = (Change, usize, &[Entry])> {
        Change::ALL.into_iter().filter_map(|change| {
            let count = *self.counts.get(&change)?;
            Some((change, count, self.entries.get(&change).map_or(&[][..], Vec::as_slice)))
        })
    }

    /// One line: `2 newly diverging, 1 fixed, 350 agree as before`.
    fn line(&self) -> String {
        let mut parts: Vec<String> = self.told().map(|(change, count, _)| format!("{count} {}", change.words())).collect();
        if self.agreed > 0 || parts.is_empty() {
            parts.push(format!("{} {} without a change", self.agreed, if self.agreed == 1 { "agrees" } else { "agree" }));
        }
        parts.join(", ")
    }

    /// For a terminal.
    pub fn render(&self, paint: Paint) -> String {
        let mut text = String::new();
        for (change, count, entries) in self.told() {
            let _ = writeln!(text, "{}", paint.heading(change.words()));
            for entry in entries {
                let case = format!("{} on {}", entry.case, entry.python);
                let case = match change.class() {
                    "bad" => paint.bad(case),
                    "mixed" => paint.mixed(case),
                    "good" => paint.good(case),
                    _ => case,
                };
                let _ = writeln!(text, "  {case}");
                for line in crate::wrap::wrap(&entry.words, 74) {
                    let _ = writeln!(text, "      {line}");
                }
            }
            if count > entries.len() {
                let _ = writeln!(text, "  and {} more", count - entries.len());
            }
            text.push('\n');
        }
        text + &crate::wrap::wrap(&self.line(), 80).join("\n") + "\n"
    }

    /// One line for each change, with tabs: the change, the case, the series of Python, what it is and was. The counts are the last.
    pub fn plain(&self) -> String {
        let mut text = String::new();
        for (change, _, entries) in self.told() {
            for entry in entries {
                let fields = [change.words(), &entry.case, &entry.python, &entry.words];
                let _ = writeln!(text, "{}", fields.map(|field| field.replace(['\t', '\n', '\r'], " ")).join("\t"));
            }
        }
        text + &self.line() + "\n"
    }

    /// For a pull request's comment.
    pub fn markdown(&self) -> String {
        let verdict = if self.got_worse() { "something got worse" } else { "nothing got worse" };
        let mut text = format!("### refdrift: {verdict}\n\n{}\n", self.line());
        for (change, count, entries) in self.told() {
            let open = if change.is_worse() { " open" } else { "" };
            let _ = write!(text, "\n<details{open}><summary>{} ({count})</summary>\n\n", change.words());
            text.push_str("| case | Python | |\n| --- | --- | --- |\n");
            for entry in entries {
                let words = markdown::escaped(&entry.words);
                let _ = writeln!(text, "| {} | {} | {words} |", markdown::escaped(&entry.case), markdown::escaped(&entry.python));
            }
            if count > entries.len() {
                let _ = writeln!(text, "\nand {} more", count - entries.len());
            }
            text.push_str("\n</details>\n");
        }
        text
    }
}

fn is_good(standing: Standing) -> bool {
    matches!(standing, Standing::Agreed | Standing::Expected)
}

/// What became of a case, if anything.
fn change(before: Option<Standing>, now: Standing, old: Option<&Signature>, result: &CaseResult) -> Option<Change> {
    use Standing::{Agreed, Diverged, Expected, Failed, Incomparable, Unsupported};
    match (before, now) {
        (None | Some(Agreed | Expected), Agreed | Expected) => None,
        (Some(_), Agreed | Expected) => Some(Change::Fixed),
        (Some(Unsupported | Incomparable), Unsupported | Incomparable) => None,
        (_, Unsupported | Incomparable) => Some(Change::Unsupported),
        (Some(Diverged), Diverged) | (Some(Failed), Failed) if old == Signature::of(result).as_ref() => Some(Change::Still),
        (Some(Diverged), Diverged) | (Some(Failed), Failed) => Some(Change::Otherwise),
        (_, Diverged) => Some(Change::Diverges),
        (_, Failed) => Some(Change::Fails),
    }
}

/// `diverged: extra reference after POP_TOP, list`
fn state(standing: Standing, signature: Option<&Signature>) -> String {
    let words = signature.map(ToString::to_string);
    // The Python stands beside it.
    let words = words.as_deref().and_then(|words| words.rsplit_once(", Python ")).map(|(words, _)| words);
    match (standing, words) {
        (Standing::Diverged | Standing::Failed, Some(words)) => format!("{standing}: {words}"),
        (Standing::Unsupported, Some(words)) => words.to_owned(),
        _ => standing.name().to_owned(),
    }
}

fn key(result: &CaseResult) -> u128 {
    let mut hasher = SipHasher128::new();
    hasher.write(result.case.as_bytes());
    hasher.write_u8(0);
    hasher.write(series(&result.python).as_bytes());
    hasher.finish128().as_u128()
}

/// `3.12` of `3.12.1`: a newer patch release is measured by the older one.
fn series(version: &str) -> String {
    version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".")
}
