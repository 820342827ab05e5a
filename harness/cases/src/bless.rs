//! Writes what CPython says where a case file says something else.
//!
//! The text is edited in place: only the scalars that are wrong change, so that comments, order and layout stay.

use std::path::Path;

use refdrift_trace::{CodeUnit, Count, IMMORTAL, Trajectory};

use crate::history::{self, Found};
use crate::locate::{Places, locate};
use crate::{Case, CaseError, ExpectedFree, FreeAt, read};

/// What a case is to say instead, by what one CPython did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// The count of the statement at that index.
    Count(usize, Count),
    /// The whole order of frees.
    Frees(Vec<(String, Option<FreeAt>)>),
    /// That statement cannot be mended: what it names is not there. Its line in the file, and why.
    Beyond(u32, String),
}

/// A file that was mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blessed {
    /// Its text now.
    pub text: String,
    /// What was left as it is: line and reason.
    pub left: Vec<(u32, String)>,
}

impl Case {
    /// What the case is to say instead of what does not hold in the reference.
    pub fn repairs(&self, unit: &CodeUnit, reference: &Trajectory) -> Vec<Repair> {
        let (counts, frees) = (&self.expect.counts, &self.expect.frees);
        if counts.is_empty() && frees.is_empty() {
            return Vec::new();
        }
        let history = history::played(counts, unit, reference);
        let mut repairs = Vec::new();
        for (index, (stated, found)) in counts.iter().zip(&history.found).enumerate() {
            match found {
                Found::Count(count) if *count == stated.count => {}
                Found::Count(count) => repairs.push(Repair::Count(index, *count)),
                found => repairs.extend(history::differs(stated, found).map(|why| Repair::Beyond(stated.line, why))),
            }
        }
        if history::compare_frees(frees, &history.freed, &history.names, reference).is_some() {
            let instead = history::frees_of(frees, &history.freed, &history.names, reference);
            if instead.is_empty() {
                repairs.push(Repair::Beyond(frees[0].line, "none of these objects is freed".to_owned()));
            } else {
                repairs.push(Repair::Frees(instead));
            }
        }
        repairs
    }
}

/// Mends the text of a case file: each case with its repairs, which must be those of all Pythons that it is for.
pub fn bless(path: &Path, text: &str, repairs: &[(&Case, Vec<Repair>)]) -> Result<Blessed, Vec<CaseError>> {
    let places = locate(text);
    let mut edits: Vec<Edit> = Vec::new();
    let mut left = Vec::new();
    for (case, repairs) in repairs {
        let expect = places.key("cases").and_then(|cases| case_places(cases, case)).and_then(|case| case.key("expect"));
        for repair in repairs {
            let edit = expect.and_then(|expect| match repair {
                Repair::Count(index, count) => {
                    let place = expect.key("counts")?.item(*index)?.key("count")?;
                    Some(vec![Edit::scalar(text, place, count_word(*count))?])
                }
                Repair::Frees(frees) => frees_edits(text, expect.key("frees")?, &case.expect.frees, frees),
                Repair::Beyond(..) => None,
            });
            match (edit, repair) {
                (Some(edit), _) => edits.extend(edit),
                (None, Repair::Beyond(line, why)) => left.push((*line, why.clone())),
                (None, _) => {
                    left.push((case.expect.line, format!("{} is written in a way that only a person can mend", case.id())));
                }
            }
        }
    }
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.start));
    let mut mended = text.to_owned();
    for edit in edits {
        mended.replace_range(edit.start..edit.end, &edit.text);
    }
    // What was mended must still be the same cases.
    read::cases(path, mended.as_bytes())?;
    Ok(Blessed { text: mended, left })
}

fn case_places<'a>(cases: &'a Places, case: &Case) -> Option<&'a Places> {
    let Places::List(items) = cases else { return None };
    items.iter().find(|item| item.key("name").is_some_and(|name| name.line() == case.line))
}

/// A piece of the text and what stands there instead.
struct Edit {
    start: usize,
    end: usize,
    text: String,
}

impl Edit {
    /// Another plain scalar instead of the one at a place.
    fn scalar(text: &str, place: &Places, new: String) -> Option<Self> {
        let Places::Scalar(line, column) = place else { return None };
        let start = offset(text, *line, *column)?;
        let length = text[start..].find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len() - start);
        (length > 0).then(|| Self { start, end: start + length, text: new })
    }
}

/// The same frees in the same order need only other times; else the list is written anew, if it is a flow list without comments.
fn frees_edits(text: &str, places: &Places, old: &[ExpectedFree], new: &[(String, Option<FreeAt>)]) -> Option<Vec<Edit>> {
    let same_order = old.len() == new.len() && old.iter().zip(new).all(|(old, (name, _))| old.name == *name);
    if same_order {
        let changed = old.iter().zip(new).enumerate().filter(|(_, (old, (_, at)))| old.at != *at);
        return changed.map(|(index, (_, (_, at)))| Edit::scalar(text, places.item(index)?.key("at")?, at_word((*at)?))).collect();
    }
    let (line, column) = places.start();
    let start = text[..offset(text, line, column)?].rfind("frees:")?;
    let open = start + text[start..].find(['[', '\n'])?;
    let close = open + text[open..].find(']')?;
    let flow = text[open..].starts_with('[') && !text[open..close].contains('#');
    let items: Vec<String> = new
        .iter()
        .map(|(name, at)| match at {
            Some(at) => format!("{{name: {}, at: {}}}", name_word(name), at_word(*at)),
            None => name_word(name),
        })
        .collect();
    flow.then(|| vec![Edit { start: open, end: close + 1, text: format!("[{}]", items.join(", ")) }])
}

/// The byte offset of a line and column, both from 1.
fn offset(text: &str, line: u32, column: u32) -> Option<usize> {
    let start: usize = text.split_inclusive('\n').take(line as usize - 1).map(str::len).sum();
    let rest = text.get(start..)?;
    rest.char_indices().nth(column as usize - 1).map(|(offset, _)| start + offset)
}

fn count_word(count: Count) -> String {
    if count == IMMORTAL { "immortal".to_owned() } else { count.to_string() }
}

fn at_word(at: FreeAt) -> String {
    match at {
        FreeAt::Line(line) => line.to_string(),
        FreeAt::Teardown => "teardown".to_owned(),
        FreeAt::Collection => "collection".to_owned(),
    }
}

fn name_word(name: &str) -> String {
    if name.starts_with(char::is_alphabetic) || name.starts_with(['_', '<']) { name.to_owned() } else { format!("{name:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# a suite\ncases:\n  - name: one   # the first\n    source: |\n      a = []\n      b = a\n    expect:\n      counts:\n        - {line: 1, name: a, count: 7}  # wrong\n        - line: 2\n          count: immortal # wrong, too\n          name: a\n      # before the frees\n      frees: [{name: b, at: 1}, {name: a, at: teardown}] # and behind\n";

    fn mended(repairs: Vec<Repair>) -> Blessed {
        let path = Path::new("suite.yaml");
        let cases = read::cases(path, FILE.as_bytes()).unwrap();
        bless(path, FILE, &[(&cases[0], repairs)]).unwrap()
    }

    #[test]
    fn only_what_is_wrong_changes() {
        assert_eq!(mended(Vec::new()).text, FILE);
        let blessed = mended(vec![Repair::Count(0, 1), Repair::Count(1, 2)]);
        assert_eq!(blessed.text, FILE.replace("count: 7", "count: 1").replace("count: immortal", "count: 2"));
        assert!(blessed.left.is_empty());
    }

    #[test]
    fn frees_get_other_times_or_another_order() {
        let at = |name: &str, at| (name.to_owned(), Some(at));
        let later = mended(vec![Repair::Frees(vec![at("b", FreeAt::Line(2)), at("a", FreeAt::Collection)])]);
        assert_eq!(later.text, FILE.replace("at: 1}", "at: 2}").replace("at: teardown", "at: collection"));
        let other = mended(vec![Repair::Frees(vec![at("a", FreeAt::Line(2))])]);
        let list = "frees: [{name: b, at: 1}, {name: a, at: teardown}]";
        assert_eq!(other.text, FILE.replace(list, "frees: [{name: a, at: 2}]"));
    }

    #[test]
    fn what_cannot_be_mended_is_told() {
        let blessed = mended(vec![Repair::Beyond(9, "`a` is bound to nothing before line 1".to_owned())]);
        assert_eq!((blessed.text.as_str(), blessed.left.len()), (FILE, 1));
    }
}
