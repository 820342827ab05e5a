//! From YAML to native modules and contracts, with the lines at which they stand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::contract::{Contract, Mode, RawContract, RawFunctions, ResultKind, is_name};
use super::{Native, Twin};
use crate::CaseError;
use crate::locate::{Places, locate};
use crate::read::{block_line, describe};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawNative {
    module: String,
    source: Option<String>,
    file: Option<PathBuf>,
    twin: Option<String>,
    functions: Option<RawFunctions>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContractFile {
    functions: RawFunctions,
}

/// The contracts of a file of its own: `functions:` and nothing else. All that is wrong with it, if anything is.
pub fn contracts(path: &Path) -> Result<BTreeMap<String, Contract>, Vec<CaseError>> {
    let error = |line: u32, message: String| CaseError::Format { path: path.to_owned(), line, message };
    let unreadable = |why: std::io::Error| vec![CaseError::Unreadable { path: path.to_owned(), why: why.to_string() }];
    let bytes = fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| vec![error(1, "the file is not UTF-8".to_owned())])?;
    let file: ContractFile = serde_yaml::from_str(&text).map_err(|wrong| {
        let (line, message) = describe(&wrong);
        vec![error(line, message)]
    })?;
    let places = locate(&text);
    let mut errors = Vec::new();
    let functions = functions(file.functions, places.key("functions"), 1, &mut errors);
    if errors.is_empty() { Ok(functions) } else { Err(errors.into_iter().map(|(line, message)| error(line, message)).collect()) }
}

/// The native module of a case, which starts on `case_line` of the file at `path`.
pub(crate) fn native(
    raw: RawNative,
    text: &str,
    places: Option<&Places>,
    path: &Path,
    case_line: u32,
    errors: &mut Vec<(u32, String)>,
) -> Native {
    let line_of = |key: &str| places.and_then(|places| places.key(key)).or(places).map_or(case_line, Places::line);
    let line = places.map_or(case_line, Places::line);
    if !is_name(&raw.module) {
        errors.push((line_of("module"), format!("`{}` cannot be the name of a module", raw.module)));
    }
    let (source, source_path, source_line) = match (raw.source, raw.file) {
        (Some(source), None) => (source, path.to_owned(), block_line(text, places.and_then(|places| places.key("source")))),
        (None, Some(file)) => {
            let file = path.parent().unwrap_or(Path::new("")).join(file);
            let source = fs::read_to_string(&file).unwrap_or_else(|why| {
                errors.push((line_of("file"), format!("{} cannot be read: {why}", file.display())));
                " ".to_owned()
            });
            (source, file, 1)
        }
        (Some(_), Some(_)) => {
            errors.push((line_of("file"), "a native module has a `source` or a `file`, not both".to_owned()));
            (" ".to_owned(), path.to_owned(), 1)
        }
        (None, None) => {
            errors.push((line, "a native module needs its C code: a `source`, or the `file` that it lies in".to_owned()));
            (" ".to_owned(), path.to_owned(), 1)
        }
    };
    if source.is_empty() {
        errors.push((line, "the C source is empty".to_owned()));
    }
    let functions = match raw.functions {
        Some(raw) => functions(raw, places.and_then(|places| places.key("functions")), line, errors),
        None => BTreeMap::new(),
    };
    let mut twin = Twin::default();
    let keeping = |contract: &Contract| contract.parameters.iter().flatten().any(|parameter| parameter.mode != Mode::Borrows);
    if functions.values().any(keeping) {
        twin.add_keeping(line);
    }
    for (name, contract) in functions.iter().filter(|(_, contract)| !contract.is_default()) {
        twin.add_function(name, contract);
    }
    if let Some(own) = &raw.twin {
        twin.add_text(own, block_line(text, places.and_then(|places| places.key("twin"))));
    }
    if twin.text.is_empty() {
        let message = "a native module needs a contract: `functions`, or a `twin` that does in Python what it does in C";
        errors.push((line, message.to_owned()));
    }
    Native { module: raw.module, source, path: source_path, source_line, functions, twin, line }
}

fn functions(raw: RawFunctions, places: Option<&Places>, line: u32, errors: &mut Vec<(u32, String)>) -> BTreeMap<String, Contract> {
    let read = |(name, raw): (String, RawContract)| {
        let line = places.and_then(|places| places.key(&name)).map_or(line, Places::line);
        let RawContract { call, parameters, result, raises } = raw;
        let contract = Contract { convention: call, parameters, result, raises, line };
        if let Err(message) = check(&name, &contract) {
            errors.push((line, message));
        }
        (name, contract)
    };
    raw.0.into_iter().map(read).collect()
}

/// Whether the parts of a contract fit together.
fn check(name: &str, contract: &Contract) -> Result<(), String> {
    let parameters: Vec<&str> = contract.parameters.iter().flatten().map(|parameter| parameter.name.as_str()).collect();
    if let Some(twice) = parameters.iter().enumerate().find(|(index, name)| parameters[..*index].contains(name)) {
        return Err(format!("{name}() has two parameters `{}`", twice.1));
    }
    let named: Vec<&String> = match &contract.result {
        Some(ResultKind::Argument(name) | ResultKind::Item(_, name)) => vec![name],
        Some(ResultKind::New(_, names)) => names.iter().collect(),
        _ => Vec::new(),
    };
    if let Some(unknown) = named.iter().find(|name| !parameters.contains(&name.as_str())) {
        return Err(format!("{name}() has no parameter `{unknown}`"));
    }
    if let Some(error) = contract.raises.iter().find(|error| !is_name(&error.error)) {
        return Err(format!("`{}` cannot be the name of an exception", error.error));
    }
    match contract.raises.iter().find(|error| error.when.trim().is_empty() || error.when.contains('\n')) {
        Some(_) => Err(format!("{name}() raises on a condition that is no expression of one line")),
        None => Ok(()),
    }
}
