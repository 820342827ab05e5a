//! The YAML of a case file, as serde reads it.

use std::fmt;

use refdrift_compare::{DivergenceKind, VerdictKind};
use refdrift_trace::{Count, IMMORTAL, PyVersion};
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use crate::native::RawNative;
use crate::{FreeAt, VersionSelection};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) suite: Option<String>,
    /// For the reader of the file.
    #[serde(rename = "why")]
    _why: Option<IgnoredText>,
    /// Of every case that has none of its own.
    pub(crate) native: Option<RawNative>,
    pub(crate) cases: Vec<RawCase>,
}

/// A text that nobody needs but the reader of the file.
struct IgnoredText;

impl<'de> Deserialize<'de> for IgnoredText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|_| Self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCase {
    pub(crate) name: String,
    pub(crate) why: Option<String>,
    #[serde(default)]
    pub(crate) python: VersionSelection,
    pub(crate) source: String,
    pub(crate) native: Option<RawNative>,
    #[serde(default)]
    pub(crate) expect: RawExpect,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExpect {
    pub(crate) verdict: Option<VerdictKind>,
    pub(crate) divergence: Option<RawDivergence>,
    #[serde(default)]
    pub(crate) counts: Vec<RawCount>,
    #[serde(default)]
    pub(crate) frees: Vec<RawFree>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDivergence {
    pub(crate) kind: DivergenceKind,
    pub(crate) instruction: Option<String>,
    #[serde(rename = "type")]
    pub(crate) type_name: Option<String>,
    pub(crate) line: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCount {
    pub(crate) line: u32,
    pub(crate) before: Option<String>,
    pub(crate) name: String,
    #[serde(deserialize_with = "count")]
    pub(crate) count: Count,
}

/// `a`, or `{name: a, at: 3}`.
pub(crate) struct RawFree {
    pub(crate) name: String,
    pub(crate) at: Option<FreeAt>,
}

/// A number, or `immortal`.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Count, D::Error> {
    struct CountVisitor;
    impl Visitor<'_> for CountVisitor {
        type Value = Count;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number or `immortal`")
        }

        fn visit_u64<E: Error>(self, count: u64) -> Result<Count, E> {
            Count::try_from(count).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(count), &self))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Count, E> {
            if text == "immortal" { Ok(IMMORTAL) } else { Err(E::invalid_value(de::Unexpected::Str(text), &self)) }
        }
    }
    deserializer.deserialize_any(CountVisitor)
}

impl<'de> Deserialize<'de> for RawFree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FreeVisitor;
        impl<'de> Visitor<'de> for FreeVisitor {
            type Value = RawFree;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name, or a map of `name` and `at`")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<RawFree, E> {
                Ok(RawFree { name: name.to_owned(), at: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawFree, A::Error> {
                let (mut name, mut at) = (None, None);
                while let Some(key) = map.next_key::<String>()? {
                    if (key == "name" && name.is_some()) || (key == "at" && at.is_some()) {
                        return Err(A::Error::custom(format_args!("duplicate field `{key}`")));
                    }
                    match key.as_str() {
                        "name" => name = Some(map.next_value()?),
                        "at" => at = Some(map.next_value()?),
                        _ => {
                            let error = A::Error::unknown_field(&key, &["name", "at"]);
                            map.next_value::<IgnoredAny>()?;
                            return Err(error);
                        }
                    }
                }
                Ok(RawFree { name: name.ok_or_else(|| A::Error::missing_field("name"))?, at })
            }
        }
        deserializer.deserialize_any(FreeVisitor)
    }
}

impl<'de> Deserialize<'de> for FreeAt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AtVisitor;
        impl Visitor<'_> for AtVisitor {
            type Value = FreeAt;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a line of the source, `teardown` or `collection`")
            }

            fn visit_u64<E: Error>(self, line: u64) -> Result<FreeAt, E> {
                let line = u32::try_from(line).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(line), &self))?;
                Ok(FreeAt::Line(line))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<FreeAt, E> {
                match text {
                    "teardown" => Ok(FreeAt::Teardown),
                    "collection" => Ok(FreeAt::Collection),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_any(AtVisitor)
    }
}

impl<'de> Deserialize<'de> for VersionSelection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SelectionVisitor;
        impl<'de> Visitor<'de> for SelectionVisitor {
            type Value = VersionSelection;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`>=3.12`, `<=3.12`, a version or a list of versions")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<VersionSelection, E> {
                Ok(if let Some(first) = text.strip_prefix(">=") {
                    VersionSelection::From(version(first)?)
                } else if let Some(last) = text.strip_prefix("<=") {
                    VersionSelection::UpTo(version(last)?)
                } else {
                    VersionSelection::Only(vec![version(text)?])
                })
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<VersionSelection, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<VersionSelection, A::Error> {
                let mut versions = Vec::new();
                while let Some(one) = list.next_element::<VersionSelection>()? {
                    match one {
                        VersionSelection::Only(mut one) => versions.append(&mut one),
                        _ => return Err(A::Error::custom("a list holds versions only, no `>=` and no `<=`")),
                    }
                }
                if versions.is_empty() {
                    Err(A::Error::custom("the list of versions is empty"))
                } else {
                    Ok(VersionSelection::Only(versions))
                }
            }
        }
        deserializer.deserialize_any(SelectionVisitor)
    }
}

fn version<E: Error>(text: &str) -> Result<PyVersion, E> {
    let text = text.trim();
    match text.parse::<PyVersion>() {
        // `3.10` without quotes is the number 3.1.
        Ok(version) if version.minor == 1 => {
            Err(E::custom(format!("`{text}` is no version that can be compared (put 3.10 in quotes)")))
        }
        Ok(version) if text.splitn(3, '.').count() == 2 => Ok(version),
        Ok(_) => Err(E::custom(format!("`{text}` is too precise: a case is for a version such as 3.12"))),
        Err(error) => Err(E::custom(error)),
    }
}
