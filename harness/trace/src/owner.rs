//! Who holds what, in words that both engines share.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ObjectId;

/// Who holds one reference: `local x of hello`, `stack slot 1 of <module>`, `item 0 of list #7`, `global foo`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// As what it is held; see [`hold`] for the words.
    pub role: String,
    /// Who holds it: a frame by the name of its code, an object by its type and number. Empty where the role says it all.
    pub of: String,
}

impl Owner {
    /// An owner.
    pub fn new(role: impl Into<String>, of: impl Into<String>) -> Self {
        Self { role: role.into(), of: of.into() }
    }

    /// One that the role says all of.
    pub fn alone(role: impl Into<String>) -> Self {
        Self::new(role, "")
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.role)?;
        if self.of.is_empty() { Ok(()) } else { write!(f, " of {}", self.of) }
    }
}

/// At which boundaries to list the owners of which objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InspectAt {
    /// Indices into [`Trajectory::steps`](crate::Trajectory::steps).
    pub steps: Vec<u32>,
    /// The objects; empty for all that are known by then.
    pub objects: Vec<ObjectId>,
}

impl InspectAt {
    /// Whether an object is one of them.
    pub fn wants(&self, object: ObjectId) -> bool {
        self.objects.is_empty() || self.objects.contains(&object)
    }
}

/// The owners of known live objects at one boundary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    /// The boundary, an index into [`Trajectory::steps`](crate::Trajectory::steps).
    pub step: u32,
    /// By object number, those that live; each owner stands for one reference.
    pub owners: Vec<(ObjectId, Vec<Owner>)>,
}

impl Inspection {
    /// The owners of an object; none if it is not alive there.
    pub fn of(&self, object: ObjectId) -> Option<&[Owner]> {
        self.owners.iter().find(|(number, _)| *number == object).map(|(_, owners)| owners.as_slice())
    }
}

/// The words for how something is held.
pub mod hold {
    /// By a local variable, a cell or a free variable of a frame.
    pub fn local(name: &str) -> String {
        format!("local {name}")
    }

    /// By a slot of a frame's value stack, counted from the bottom.
    pub fn stack(slot: usize) -> String {
        format!("stack slot {slot}")
    }

    /// By a variable of the snippet's module.
    pub fn global(name: &str) -> String {
        format!("global {name}")
    }

    /// As an item, counted from 0.
    pub fn item(index: usize) -> String {
        format!("item {index}")
    }

    /// As a dict's key or a set's element.
    pub fn key() -> String {
        "key".to_owned()
    }

    /// As a dict's value; the key in words.
    pub fn value(key: &str) -> String {
        format!("value under {key}")
    }

    /// A text as a key in words.
    pub fn quoted(text: &str) -> String {
        const MOST: usize = 40;
        let mut words: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
        if text.chars().nth(MOST).is_some() {
            words.push('…');
        }
        format!("'{words}'")
    }

    /// As an attribute that lies in the instance itself.
    pub fn attribute(name: &str) -> String {
        format!("attribute {name}")
    }

    /// The label of an object that has a number.
    pub fn object(type_name: &str, number: crate::ObjectId) -> String {
        format!("{type_name} #{number}")
    }

    /// The label of an object that has none, by who holds it: `dict (__dict__ of A #7)`.
    pub fn nameless(type_name: &str, owner: Option<&super::Owner>) -> String {
        owner.map_or_else(|| type_name.to_owned(), |owner| format!("{type_name} ({owner})"))
    }
}
