//! What a report says of the run it is about.

use refdrift_record::{Header, Origin};

/// The run that a report is about, whatever number of records hold it.
#[derive(Clone, Debug)]
pub struct Head {
    /// The version of the refdrift that ran.
    pub refdrift: String,
    /// What ran: `cases/ownership`, `generated, seed 7, profile all`.
    pub origin: String,
    /// The Pythons compared with.
    pub pythons: Vec<String>,
    /// What a reader must know of it: that it was interrupted, that a record is cut off.
    pub remarks: Vec<String>,
}

impl Head {
    /// What the headers of the records say.
    pub fn new<'a>(headers: impl IntoIterator<Item = &'a Header>) -> Self {
        let mut head = Self { refdrift: String::new(), origin: String::new(), pythons: Vec::new(), remarks: Vec::new() };
        for header in headers {
            head.refdrift.clone_from(&header.refdrift);
            head.origin = origin(&header.origin);
            for python in &header.pythons {
                if !head.pythons.contains(python) {
                    head.pythons.push(python.clone());
                }
            }
            if let Some(partition) = header.partition {
                head.remarks.push(format!("part {partition} of the whole"));
            }
        }
        head
    }
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Files { paths } if paths.is_empty() => "the bundled cases".to_owned(),
        Origin::Files { paths } => paths.join(", "),
        Origin::Generated { seed, profile } => format!("generated cases, seed {seed}, profile {profile}"),
    }
}
