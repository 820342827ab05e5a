//! Which CPython.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A CPython version, `3.12.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PyVersion {
    /// `3`
    pub major: u8,
    /// `12`: bytecode and ownership differ between minor versions.
    pub minor: u8,
    /// `1`
    pub micro: u8,
}

impl PyVersion {
    /// A version from its three numbers.
    pub const fn new(major: u8, minor: u8, micro: u8) -> Self {
        Self { major, minor, micro }
    }

    /// `3.12`: what cases and reports name.
    pub fn series(self) -> String {
        format!("{}.{}", self.major, self.minor)
    }
}

impl fmt::Display for PyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

/// The text is not `MAJOR.MINOR` or `MAJOR.MINOR.MICRO`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseVersionError(String);

impl fmt::Display for ParseVersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a Python version such as 3.12 or 3.12.1", self.0)
    }
}

impl std::error::Error for ParseVersionError {}

impl FromStr for PyVersion {
    type Err = ParseVersionError;

    /// Reads `3.12.1`; `3.12` is read as `3.12.0`, and what follows the digits of the third number (`rc1`, `+`) is left out.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseVersionError(text.to_owned());
        let mut parts = text.splitn(3, '.');
        let mut number = |optional: bool| match parts.next() {
            Some(part) => {
                let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
                part[..digits].parse().map_err(|_| error())
            }
            None if optional => Ok(0),
            None => Err(error()),
        };
        Ok(Self::new(number(false)?, number(false)?, number(true)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_interpreters_print() {
        assert_eq!("3.12.1".parse(), Ok(PyVersion::new(3, 12, 1)));
        assert_eq!("3.13".parse(), Ok(PyVersion::new(3, 13, 0)));
        assert_eq!("3.14.0rc2".parse(), Ok(PyVersion::new(3, 14, 0)));
        assert!("python".parse::<PyVersion>().is_err());
        assert!("3".parse::<PyVersion>().is_err());
    }
}
