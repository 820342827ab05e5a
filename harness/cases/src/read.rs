//! From the text of a case file to cases.

use std::path::Path;

use refdrift_compare::VerdictKind;

use crate::format::{File, RawCase, RawExpect};
use crate::locate::{Places, locate};
use crate::native::native;
use crate::{Case, CaseError, Expect, ExpectedCount, ExpectedDivergence, ExpectedFree, FreeAt};

/// The cases of a YAML file, or all that is wrong with them.
pub(crate) fn cases(path: &Path, bytes: &[u8]) -> Result<Vec<Case>, Vec<CaseError>> {
    let error = |line: u32, message: String| CaseError::Format { path: path.to_owned(), line, message };
    let text = std::str::from_utf8(bytes).map_err(|wrong| {
        let line = bytes[..wrong.valid_up_to()].split(|byte| *byte == b'\n').count();
        vec![error(line as u32, "the file is not UTF-8".to_owned())]
    })?;
    let file: File = serde_yaml::from_str(text).map_err(|wrong| {
        // The parser points at the map, not at the key.
        if let Some((key, line)) = locate(text).duplicate() {
            return vec![error(line, format!("the key `{key}` stands twice"))];
        }
        let (line, message) = describe(&wrong);
        vec![error(line, message)]
    })?;
    let places = locate(text);
    let suite = file.suite.clone().unwrap_or_else(|| stem(path));
    let suite_line = places.key("suite").map_or(1, Places::line);
    let mut errors = Vec::new();
    if let Err(message) = check_name("suite", &suite) {
        errors.push(error(suite_line, message));
    }
    if file.cases.is_empty() {
        errors.push(error(1, "the list of cases is empty".to_owned()));
    }
    let shared = file.native.map(|raw| {
        let mut wrong = Vec::new();
        let shared = native(raw, text, places.key("native"), path, 1, &mut wrong);
        errors.extend(wrong.into_iter().map(|(line, message)| error(line, message)));
        shared
    });
    let mut cases = Vec::with_capacity(file.cases.len());
    for (index, raw) in file.cases.into_iter().enumerate() {
        let places = places.key("cases").and_then(|cases| cases.item(index));
        let reader = CaseReader { text, places, errors: Vec::new() };
        let (mut case, wrong) = reader.case(raw, &suite, path);
        case.native = case.native.or_else(|| shared.clone());
        errors.extend(wrong.into_iter().map(|(line, message)| error(line, message)));
        cases.push(case);
    }
    if errors.is_empty() { Ok(cases) } else { Err(errors) }
}

/// Where a YAML error lies and what it says, without the place in the words.
pub(crate) fn describe(error: &serde_yaml::Error) -> (u32, String) {
    let mut message = error.to_string().replace('\n', " ");
    let Some(place) = error.location() else { return (1, message) };
    let suffix = format!(" at line {} column {}", place.line(), place.column());
    if let Some(at) = message.find(&suffix) {
        message.replace_range(at..at + suffix.len(), "");
    }
    (place.line() as u32, message)
}

/// The stem of a file's name: the suite of a case file, the name of a Python file.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "unnamed".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// Suites and names are parts of `suite/name` and of `PATH::NAME`.
fn check_name(what: &str, name: &str) -> Result<(), String> {
    let wrong =
        name.is_empty() || name != name.trim() || name.contains('/') || name.contains("::") || name.contains(char::is_control);
    if wrong {
        Err(format!("{name:?} cannot be the name of a {what}: it is empty, or has a `/`, `::` or outer blanks"))
    } else {
        Ok(())
    }
}

/// The first line of a text in a YAML document. A block scalar starts on the line after its `|`.
pub(crate) fn block_line(text: &str, places: Option<&Places>) -> u32 {
    let (line, column) = places.map_or((1, 1), Places::start);
    let start = text.lines().nth(line as usize - 1).and_then(|text| text.chars().nth(column as usize - 1));
    if matches!(start, Some('|' | '>')) { line + 1 } else { line }
}

/// One case of a file, and where its parts stand.
struct CaseReader<'a> {
    text: &'a str,
    places: Option<&'a Places>,
    errors: Vec<(u32, String)>,
}

impl CaseReader<'_> {
    fn case(mut self, raw: RawCase, suite: &str, path: &Path) -> (Case, Vec<(u32, String)>) {
        let line = self.line(&["name"]);
        if let Err(message) = check_name("case", &raw.name) {
            self.errors.push((line, message));
        }
        let source_line = block_line(self.text, self.place(&["source"]));
        if raw.source.trim().is_empty() {
            let line = self.line(&["source"]);
            self.errors.push((line, format!("the source of case `{}` is empty", raw.name)));
        }
        let lines = raw.source.lines().count() as u32;
        let mut errors = Vec::new();
        let native = raw.native.map(|raw| native(raw, self.text, self.place(&["native"]), path, line, &mut errors));
        self.errors.append(&mut errors);
        let expect = self.expect(raw.expect, line, lines);
        let case = Case {
            suite: suite.to_owned(),
            name: raw.name,
            source: raw.source.into_bytes(),
            why: raw.why.map(|why| why.trim_end().to_owned()),
            pythons: raw.python,
            expect,
            native,
            path: path.to_owned(),
            line,
            source_line,
        };
        (case, self.errors)
    }

    fn place(&self, keys: &[&str]) -> Option<&Places> {
        keys.iter().try_fold(self.places?, |places, key| places.key(key))
    }

    fn line(&self, keys: &[&str]) -> u32 {
        self.place(keys).or(self.places).map_or(1, Places::line)
    }

    /// The line of a list's item.
    fn item_line(&self, key: &str, index: usize) -> u32 {
        let list = self.place(&["expect", key]);
        list.and_then(|list| list.item(index)).map_or_else(|| self.line(&["expect"]), Places::line)
    }

    fn expect(&mut self, raw: RawExpect, case_line: u32, lines: u32) -> Expect {
        let line = self.place(&["expect"]).map_or(case_line, Places::line);
        let verdict = match (raw.verdict, &raw.divergence) {
            (Some(VerdictKind::Diverged), None) => {
                self.errors.push((line, "a case that expects to diverge must say its `divergence`".to_owned()));
                raw.verdict
            }
            (Some(other), Some(_)) if other != VerdictKind::Diverged => {
                self.errors.push((line, format!("a `divergence` goes with the verdict diverged, not with {other}")));
                raw.verdict
            }
            (None, Some(_)) => Some(VerdictKind::Diverged),
            (verdict, _) => verdict,
        };
        let mut counts = Vec::with_capacity(raw.counts.len());
        for (index, count) in raw.counts.into_iter().enumerate() {
            let line = self.item_line("counts", index);
            self.check_line(line, count.line, lines);
            counts.push(ExpectedCount { at: count.line, before: count.before, name: count.name, count: count.count, line });
        }
        let mut frees = Vec::with_capacity(raw.frees.len());
        for (index, free) in raw.frees.into_iter().enumerate() {
            let line = self.item_line("frees", index);
            if let Some(FreeAt::Line(at)) = free.at {
                self.check_line(line, at, lines);
            }
            frees.push(ExpectedFree { name: free.name, at: free.at, line });
        }
        let divergence = raw.divergence.map(|raw| {
            if let Some(at) = raw.line {
                self.check_line(line, at, lines);
            }
            ExpectedDivergence { kind: raw.kind, instruction: raw.instruction, type_name: raw.type_name, line: raw.line }
        });
        Expect { verdict, divergence, counts, frees, line }
    }

    fn check_line(&mut self, line: u32, stated: u32, lines: u32) {
        if stated == 0 || stated > lines {
            self.errors.push((line, format!("the source has no line {stated}: it has {lines}")));
        }
    }
}
