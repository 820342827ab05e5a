//! The sites that there are: read from the VM's source, so that those that no case reaches are known, too.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use refdrift_vm::{Operation, Site};

/// The functions that take, give back and transfer references, by name, where a call of one always does. What makes a new
/// object transfers only if that holds something: such a call counts once a case has shown that it does. So does one in the
/// body of a macro: the compiler lays it to the place where the macro is used, which is a site of its own.
const FUNCTIONS: &[(&str, Operation)] = &[
    ("retain", Operation::Take),
    ("retain_option", Operation::Take),
    ("none", Operation::Take),
    ("not_implemented", Operation::Take),
    ("bool", Operation::Take),
    ("tuple_of", Operation::Take),
    ("release", Operation::GiveBack),
    ("release_option", Operation::GiveBack),
    ("release_all", Operation::GiveBack),
    ("release_last_first", Operation::GiveBack),
    ("lend", Operation::Lend),
    ("push", Operation::Transfer),
];

/// The sites, with their names.
#[derive(Debug, Default)]
pub struct Sites(BTreeMap<Site, String>);

impl Sites {
    /// Reads the VM's source in a workspace.
    pub fn read(workspace: &Path) -> io::Result<Self> {
        let root = workspace.join("harness/vm/src");
        let mut sites = Self::default();
        let mut waiting = vec![root.clone()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                let skipped = path.ends_with("fault") || path.ends_with("tests") || path.ends_with("tests.rs");
                if path.is_dir() && !skipped {
                    waiting.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") && !skipped {
                    sites.read_file(&path, &below(&root, &path))?;
                }
            }
        }
        Ok(sites)
    }

    fn read_file(&mut self, path: &Path, file: &str) -> io::Result<()> {
        let text = fs::read_to_string(path)?;
        let mut function = String::new();
        let (mut passes_on, mut within, mut in_macro) = (false, false, false);
        let mut seen: BTreeMap<(String, &str), usize> = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            if line.starts_with("#[cfg(test)]") {
                break;
            }
            in_macro = (in_macro || line.starts_with("macro_rules!")) && line != "}";
            if in_macro || line.trim_start().starts_with("//") {
                continue;
            }
            if line.contains("track_caller") {
                passes_on = true;
            } else if let Some(name) = defined(line) {
                name.clone_into(&mut function);
                seen.clear();
                within = std::mem::take(&mut passes_on);
            }
            // What such a function does is laid to its caller.
            if within {
                continue;
            }
            for (column, name, operation) in calls(line) {
                let nth = seen.entry((function.clone(), name)).or_default();
                *nth += 1;
                let site = Site { file: file.to_owned(), line: number as u32 + 1, column, operation };
                self.0.insert(site, format!("{file}::{function} {name} {nth}"));
            }
        }
        Ok(())
    }

    /// All of them, with their names: `eval/data.rs::binary_with release 2`.
    pub fn iter(&self) -> impl Iterator<Item = (&Site, &str)> {
        self.0.iter().map(|(site, name)| (site, name.as_str()))
    }

    /// The name of a site.
    pub fn name(&self, site: &Site) -> String {
        self.0.get(site).cloned().unwrap_or_else(|| match site.operation {
            Operation::Deallocate => format!("deallocate {}", site.file),
            operation => format!("{}:{}:{} {}", site.file, site.line, site.column, operation.name()),
        })
    }

    /// The site of that name.
    pub fn find(&self, name: &str) -> Option<Site> {
        if let Some(file) = name.strip_prefix("deallocate ") {
            return Some(Site { file: file.to_owned(), line: 0, column: 0, operation: Operation::Deallocate });
        }
        self.0.iter().find(|(_, known)| *known == name).map(|(site, _)| site.clone())
    }
}

fn below(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The name of the function that a line defines.
fn defined(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let qualifiers = ["pub", "pub(crate)", "pub(super)", "const"];
    before.split_whitespace().all(|word| qualifiers.contains(&word)).then(|| after.split(['(', '<']).next().unwrap_or(after))
}

/// The calls in a line: the column of each function's name, from 1.
fn calls(line: &str) -> Vec<(u32, &'static str, Operation)> {
    let mut found = Vec::new();
    for &(name, operation) in FUNCTIONS {
        for receiver in ["self", "vm"] {
            let call = format!("{receiver}.{name}(");
            for (start, _) in line.match_indices(&call) {
                let inside_a_word = line[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
                if !inside_a_word {
                    found.push((line[..=start + receiver.len()].chars().count() as u32 + 1, name, operation));
                }
            }
        }
    }
    found.sort_by_key(|call| call.0);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_where_they_are() {
        let found = calls("    let both = (self.retain(a), vm.release(b), items.retain(|x| x), self.heap.release(c));");
        assert_eq!(found, [(22, "retain", Operation::Take), (36, "release", Operation::GiveBack)]);
        assert_eq!(defined("    pub(crate) fn push<T>(&mut self) {"), Some("push"));
        assert_eq!(defined("    let f = |run: fn (u8)| 1;"), None);
    }
}
