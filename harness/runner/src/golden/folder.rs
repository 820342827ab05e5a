//! A folder of goldens: `SUITE.golden` for each suite, and `library/MODULE.golden` for each module of which something is known.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use refdrift_trace::{PyVersion, Request};
use serde::Serialize;

use super::file::{ModuleFile, ModulePart, StoredCase, SuiteFile, SuitePart, Unusable, packed, pythons, read, unpacked};
use super::{Conversation, Golden, GoldenError, Message, Recorded, decode};

/// How a file of goldens ends.
const ENDING: &str = ".golden";

/// Where the modules' files lie.
const LIBRARY: &str = "library";

/// The goldens in a folder, by Python: of these suites, or of all.
pub fn goldens(folder: &Path, suites: Option<&BTreeSet<&str>>) -> Result<Vec<Golden>, GoldenError> {
    let files = listed(folder).map_err(|error| GoldenError::File { path: folder.to_owned(), error })?;
    let files: Vec<PathBuf> = files.into_iter().filter(|path| path.parent() == Some(folder)).collect();
    if files.is_empty() {
        return Err(GoldenError::None(folder.to_owned()));
    }
    let mut recorded: BTreeMap<PyVersion, Recorded> = BTreeMap::new();
    for file in &files {
        for python in pythons(file).map_err(|error| told(folder, file, error))? {
            recorded.entry(python).or_default();
        }
    }
    let wanted = suites.map(|suites| suites.iter().map(|suite| file_of(folder, suite)).collect::<BTreeSet<_>>());
    let files: Vec<&PathBuf> = files.iter().filter(|file| wanted.as_ref().is_none_or(|wanted| wanted.contains(*file))).collect();
    let suites: Vec<SuiteFile> =
        files.par_iter().map(|file| read(file).map_err(|error| told(folder, file, error))).collect::<Result<_, _>>()?;
    let mut modules = BTreeSet::new();
    for (SuiteFile { suite, parts }, file) in suites.into_iter().zip(&files) {
        for part in parts {
            let recorded = recorded.entry(part.python).or_default();
            part.take_apart(&suite, recorded, &mut modules).ok_or_else(|| told(folder, file, Unusable::Strange))?;
        }
    }
    let modules: Vec<PathBuf> = modules.iter().map(|module| file_of(&folder.join(LIBRARY), module)).collect();
    let modules: Vec<ModuleFile> =
        modules.par_iter().map(|file| read(file).map_err(|error| told(folder, file, error))).collect::<Result<_, _>>()?;
    for ModulePart { python, answers } in modules.into_iter().flat_map(|module| module.parts) {
        let answers = answers.into_iter().map(|(request, answer)| (request.into(), answer.into()));
        recorded.entry(python).or_default().answers.extend(answers);
    }
    let shared = Arc::new(folder.to_owned());
    let golden = |(python, recorded)| Golden { folder: Arc::clone(&shared), python, recorded };
    Ok(recorded.into_iter().map(golden).collect())
}

/// What has to change in a folder so that it has certain goldens and no others.
#[derive(Debug)]
pub struct ChangedFiles {
    /// What is to be written.
    pub written: Vec<(PathBuf, Vec<u8>)>,
    /// What goes.
    pub gone: Vec<PathBuf>,
}

/// What has to change in a folder so that it has these goldens and no others.
pub fn changed_files(folder: &Path, goldens: &[Golden]) -> Result<ChangedFiles, GoldenError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| GoldenError::File { path, error }
    };
    let mut files: BTreeMap<PathBuf, (Vec<PyVersion>, Vec<u8>)> = BTreeMap::new();
    let mut keep = |path: PathBuf, pythons: Vec<PyVersion>, content: Result<Vec<u8>, postcard::Error>| {
        let content = content.map_err(std::io::Error::other).map_err(failed(&path))?;
        files.insert(path, (pythons, content));
        Ok(())
    };
    for suite in suites_of(goldens) {
        let pythons = suite.parts.iter().map(|part| part.python).collect();
        keep(file_of(folder, &suite.suite), pythons, bytes(&suite))?;
    }
    for (module, file) in modules_of(goldens) {
        let pythons = file.parts.iter().map(|part| part.python).collect();
        keep(file_of(&folder.join(LIBRARY), &module), pythons, bytes(&file))?;
    }
    let there = listed(folder).map_err(failed(folder))?;
    let gone = there.into_iter().filter(|path| !files.contains_key(path)).collect();
    files.retain(|path, (_, content)| unpacked(path).ok().as_ref() != Some(content));
    let write = |(path, (pythons, content)): (PathBuf, (Vec<PyVersion>, Vec<u8>))| {
        let bytes = packed(pythons, &content).map_err(failed(&path))?;
        Ok((path, bytes))
    };
    let written = files.into_par_iter().map(write).collect::<Result<_, GoldenError>>()?;
    Ok(ChangedFiles { written, gone })
}

fn bytes(content: &impl Serialize) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_allocvec(content)
}

/// The files of goldens that are there.
fn listed(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in [folder.to_owned(), folder.join(LIBRARY)] {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ENDING)) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Where what belongs to a name lies. What not every file system takes is written as its bytes.
fn file_of(folder: &Path, name: &str) -> PathBuf {
    let mut file = String::new();
    for (index, byte) in name.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => file.push(char::from(byte)),
            b'.' if index > 0 => file.push('.'),
            _ => {
                let _ = write!(file, "%{byte:02X}");
            }
        }
    }
    folder.join(file + ENDING)
}

fn told(folder: &Path, path: &Path, error: Unusable) -> GoldenError {
    let (path, folder) = (path.to_owned(), folder.display().to_string());
    match error {
        Unusable::Io(error) => GoldenError::File { path, error },
        Unusable::Format => GoldenError::Format { path, folder },
        Unusable::Strange | Unusable::Missing => GoldenError::Strange { path, folder },
    }
}

/// The module that a request is about; none for one that belongs to its case.
fn module_of(request: &Message) -> Option<String> {
    match decode(request)? {
        Request::Module(name) | Request::Members(name) => Some(name),
        Request::Text(path) => path.into_iter().next(),
        _ => None,
    }
}

fn suites_of(goldens: &[Golden]) -> Vec<SuiteFile> {
    let mut suites: BTreeMap<&str, Vec<SuitePart>> = BTreeMap::new();
    for golden in goldens {
        let Recorded { cases, answers } = &golden.recorded;
        let mut of_suites: BTreeMap<&str, Vec<(&str, &Conversation)>> = BTreeMap::new();
        for (case, kept) in cases {
            let (suite, name) = case.rsplit_once('/').unwrap_or(("", case));
            of_suites.entry(suite).or_default().push((name, kept));
        }
        for (suite, cases) in of_suites {
            let asked: BTreeSet<&Message> = cases.iter().flat_map(|(_, kept)| &kept.asked).collect();
            let indices: BTreeMap<&Message, u32> = asked.iter().copied().zip(0..).collect();
            let own = |request: &&Message| answers.get(*request).filter(|_| module_of(request).is_none());
            let part = SuitePart {
                python: golden.python,
                asked: asked.iter().map(|request| (request.to_vec(), own(request).map(|answer| answer.to_vec()))).collect(),
                cases: cases.iter().map(|(name, kept)| StoredCase::of(name, kept, &indices)).collect(),
            };
            suites.entry(suite).or_default().push(part);
        }
    }
    suites.into_iter().map(|(suite, parts)| SuiteFile { suite: suite.to_owned(), parts }).collect()
}

fn modules_of(goldens: &[Golden]) -> BTreeMap<String, ModuleFile> {
    let mut modules: BTreeMap<String, ModuleFile> = BTreeMap::new();
    for golden in goldens {
        for (request, answer) in &golden.recorded.answers {
            let Some(module) = module_of(request) else { continue };
            let parts = &mut modules.entry(module).or_insert_with(|| ModuleFile { parts: Vec::new() }).parts;
            if parts.last().is_none_or(|part| part.python != golden.python) {
                parts.push(ModulePart { python: golden.python, answers: Vec::new() });
            }
            if let Some(part) = parts.last_mut() {
                part.answers.push((request.to_vec(), answer.to_vec()));
            }
        }
    }
    modules
}

impl StoredCase {
    fn of(name: &str, kept: &Conversation, indices: &BTreeMap<&Message, u32>) -> Self {
        Self {
            name: name.to_owned(),
            source: kept.source,
            beside: kept.beside.clone(),
            step_limit: kept.step_limit,
            said: kept.said.to_vec(),
            run: kept.run.to_vec(),
            asked: kept.asked.iter().map(|request| indices[request]).collect(),
        }
    }
}

impl SuitePart {
    /// Adds it to what was recorded, and names the modules that have the other answers; none if it does not fit together.
    fn take_apart(self, suite: &str, recorded: &mut Recorded, modules: &mut BTreeSet<String>) -> Option<()> {
        let mut requests: Vec<Message> = Vec::new();
        for (request, answer) in self.asked {
            let request = Message::from(request);
            match answer {
                Some(answer) => drop(recorded.answers.insert(Arc::clone(&request), answer.into())),
                None => modules.extend(module_of(&request)),
            }
            requests.push(request);
        }
        for case in self.cases {
            let asked = case.asked.iter().map(|&index| requests.get(index as usize).cloned());
            let kept = Conversation {
                source: case.source,
                beside: case.beside,
                step_limit: case.step_limit,
                asked: asked.collect::<Option<_>>()?,
                said: case.said.into(),
                run: case.run.into(),
            };
            recorded.cases.insert(format!("{suite}/{}", case.name), kept);
        }
        Some(())
    }
}
