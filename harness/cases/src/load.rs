//! From paths to cases.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::read;
use crate::{Case, CaseError};

/// The extensions of case files.
const YAML: [&str; 2] = ["yaml", "yml"];
const PYTHON: &str = "py";

/// What a person asked for: a path, and with `PATH::NAME` one case of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// A case file, a `.py` file or a folder of them.
    pub path: PathBuf,
    /// The name of one case in it, or its `suite/name`.
    pub name: Option<String>,
}

impl Selection {
    /// Reads `PATH` or `PATH::NAME`. A path that exists as it stands is a path, whatever is in it.
    pub fn parse(text: &Path) -> Self {
        let whole = Self { path: text.to_owned(), name: None };
        if text.exists() {
            return whole;
        }
        match text.to_str().and_then(|text| text.rsplit_once("::")) {
            Some((path, name)) if !path.is_empty() && !name.is_empty() => Self { path: path.into(), name: Some(name.to_owned()) },
            _ => whole,
        }
    }

    fn selects(&self, case: &Case) -> bool {
        self.name.as_ref().is_none_or(|name| case.name == *name || case.id() == *name)
    }
}

/// Loads the cases of the paths (each `PATH` or `PATH::NAME`; see [`Selection`]), in the order of the paths, folders
/// sorted; without a path those of the bundled folder. A case that several paths name is there once. All errors are told,
/// not only the first.
pub fn load(paths: &[PathBuf], bundled_root: &Path) -> Result<Vec<Case>, Vec<CaseError>> {
    let selections = if paths.is_empty() {
        vec![Selection { path: bundled_root.to_owned(), name: None }]
    } else {
        paths.iter().map(|path| Selection::parse(path)).collect()
    };
    let mut loader = Loader::default();
    for selection in &selections {
        loader.select(selection);
    }
    loader.finish()
}

#[derive(Default)]
struct Loader {
    cases: Vec<Case>,
    errors: Vec<CaseError>,
    /// The cases of each file that was read, by its canonical path; none for one with an error.
    files: HashMap<PathBuf, Option<Vec<Case>>>,
    /// Canonical path and line of what is in `cases`.
    chosen: HashSet<(PathBuf, u32)>,
}

impl Loader {
    fn select(&mut self, selection: &Selection) {
        let files = match files(&selection.path) {
            Ok(files) => files,
            Err(error) => return self.errors.push(error),
        };
        let (mut found, mut broken) = (false, false);
        for file in files {
            // The files that make folders packages are often empty; who names one asks for it.
            if file != selection.path && is_empty_module(&file) {
                continue;
            }
            let key = file.canonicalize().unwrap_or_else(|_| file.clone());
            let Some(cases) = self.read(&file, &key) else {
                broken = true;
                continue;
            };
            let cases = cases.iter().filter(|case| selection.selects(case)).cloned().collect::<Vec<_>>();
            for case in cases {
                found = true;
                if self.chosen.insert((key.clone(), case.line)) {
                    self.cases.push(case);
                }
            }
        }
        if found || broken {
            return;
        }
        let path = selection.path.clone();
        self.errors.push(match &selection.name {
            Some(name) => CaseError::NoSuchCase { path, name: name.clone() },
            None => CaseError::NoCase { path },
        });
    }

    fn read(&mut self, file: &Path, key: &Path) -> Option<&[Case]> {
        if !self.files.contains_key(key) {
            let read = read_file(file).map_err(|errors| self.errors.extend(errors)).ok();
            self.files.insert(key.to_owned(), read);
        }
        self.files.get(key)?.as_deref()
    }

    fn finish(mut self) -> Result<Vec<Case>, Vec<CaseError>> {
        tell_apart(&mut self.cases);
        let mut first: HashMap<String, &Case> = HashMap::new();
        for case in &self.cases {
            let Some(earlier) = first.get(&case.id()) else {
                first.insert(case.id(), case);
                continue;
            };
            let message = format!("there is already a case {} at {}:{}", case.id(), earlier.path.display(), earlier.line);
            self.errors.push(CaseError::Format { path: case.path.clone(), line: case.line, message });
        }
        if self.errors.is_empty() { Ok(self.cases) } else { Err(self.errors) }
    }
}

/// Python files of one name that lie in folders of one name have more of their path as their suite: as much as tells them apart.
fn tell_apart(cases: &mut [Case]) {
    for folders in 2.. {
        let mut of_id: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, case) in cases.iter().enumerate() {
            of_id.entry(case.id()).or_default().push(index);
        }
        let mut changed = false;
        for index in of_id.into_values().filter(|alike| alike.len() > 1).flatten() {
            let case = &mut cases[index];
            if is_python(&case.path)
                && let Some(suite) = last_folders(&case.path, folders)
            {
                case.suite = suite;
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// The last so many of the folders that a file lies in, if there are so many.
fn last_folders(file: &Path, count: usize) -> Option<String> {
    let file = file.canonicalize().ok()?;
    let names: Vec<_> = file.parent()?.iter().map(|name| name.to_string_lossy()).collect();
    Some(names[names.len().checked_sub(count)?..].join("/"))
}

/// The case files that a path stands for, sorted.
fn files(path: &Path) -> Result<Vec<PathBuf>, CaseError> {
    let unreadable = |path: &Path, error: &std::io::Error| CaseError::Unreadable { path: path.to_owned(), why: reason(error) };
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !metadata.is_dir() {
        return if is_case_file(path) { Ok(vec![path.to_owned()]) } else { Err(CaseError::NoCase { path: path.to_owned() }) };
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))? {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let path = entry.path();
            // A link to a folder is not followed: it may lead back up.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if hidden {
                continue;
            }
            if is_folder {
                folders.push(path);
            } else if is_case_file(&path) && path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_case_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| extension == PYTHON || YAML.contains(&extension))
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == PYTHON)
}

fn is_empty_module(path: &Path) -> bool {
    is_python(path) && fs::read(path).is_ok_and(|source| Case::is_empty_source(&source))
}

fn read_file(path: &Path) -> Result<Vec<Case>, Vec<CaseError>> {
    let bytes = fs::read(path).map_err(|error| vec![CaseError::Unreadable { path: path.to_owned(), why: reason(&error) }])?;
    if is_python(path) {
        return Case::python(path, bytes).map(|case| vec![case]).map_err(|error| vec![error]);
    }
    read::cases(path, &bytes)
}

/// The system's words, without its number.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
