//! Cases as files.

use serde::Serialize;

/// A case to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewCase {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub why: String,
    /// The Python it is for, as a case file writes it.
    pub python: String,
    /// Its source.
    pub source: String,
}

/// The text of a case file with one case.
pub fn case_file(case: &NewCase) -> String {
    #[derive(Serialize)]
    struct File<'a> {
        cases: [&'a NewCase; 1],
    }
    // Nothing in it can fail to be YAML: four texts.
    serde_yaml::to_string(&File { cases: [case] }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("found.yaml");
        for source in ["a = []\nif a:\n    b = 1\n", "# first\n\n\nx = '''\n  y'''", "s = 'ä \\t: #'\n", "\n\n  \na=1\n"] {
            let case = NewCase {
                name: "extra-reference-1".to_owned(),
                why: "extra reference after CALL: list, Python 3.12".to_owned(),
                python: "3.12".to_owned(),
                source: source.to_owned(),
            };
            std::fs::write(&path, case_file(&case)).unwrap();
            let read = crate::load(std::slice::from_ref(&path), &path).unwrap();
            assert_eq!(read.len(), 1);
            assert_eq!(String::from_utf8_lossy(&read[0].source), source, "{}", case_file(&case));
            assert_eq!(read[0].why.as_deref(), Some(case.why.as_str()));
            assert!(read[0].is_for("3.12.1".parse().unwrap()) && !read[0].is_for("3.11.7".parse().unwrap()));
        }
    }
}
