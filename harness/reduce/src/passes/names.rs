//! Names become short.

use crate::program::Program;
use crate::text::{Change, replace};

/// Every name becomes the first letter that the program does not use, wherever it stands.
pub(crate) fn names(program: &Program) -> Vec<Change> {
    let identifiers: Vec<_> = program.nodes().into_iter().filter(|node| node.kind() == "identifier").collect();
    let mut names: Vec<&str> = Vec::new();
    for &node in &identifiers {
        let name = program.slice(node);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let Some(letter) = ('a'..='z').map(String::from).find(|letter| !names.contains(&letter.as_str())) else { return Vec::new() };
    let long = names.iter().filter(|name| name.chars().count() > 1 && !(name.starts_with("__") && name.ends_with("__")));
    long.map(|name| {
        let places = identifiers.iter().filter(|node| program.slice(**node) == *name);
        places.map(|node| replace(node.byte_range(), &letter)).collect()
    })
    .collect()
}
