//! The lines on which the values of a YAML document stand.
//!
//! `serde_yaml` says where a value stands only in the errors about it. So the document is read a second time by a visitor
//! that refuses every scalar; the map or list around it takes the refusal, keeps the place that it names, and goes on.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor};

/// What refusals are told from real errors by.
const REFUSED: &str = "\u{1}refused";

/// The places of a value and of all that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Places {
    /// Line and column, from 1.
    Scalar(u32, u32),
    List(Vec<Places>),
    Map(Vec<(String, Places)>),
}

/// The places of all values of a document that can be read.
pub(crate) fn locate(text: &str) -> Places {
    let document = serde_yaml::Deserializer::from_str(text);
    Places::List(Vec::new()).deserialize(document).unwrap_or(Places::Scalar(1, 1))
}

impl Places {
    /// The value under a key.
    pub(crate) fn key(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, places)| places),
            _ => None,
        }
    }

    /// The value at an index.
    pub(crate) fn item(&self, index: usize) -> Option<&Self> {
        match self {
            Self::List(items) => items.get(index),
            _ => None,
        }
    }

    /// The first key that stands twice in one map, and the line of its second value.
    pub(crate) fn duplicate(&self) -> Option<(&str, u32)> {
        match self {
            Self::Scalar(..) => None,
            Self::List(items) => items.iter().find_map(Self::duplicate),
            Self::Map(entries) => entries.iter().enumerate().find_map(|(index, (key, value))| {
                let twice = entries[..index].iter().any(|(earlier, _)| earlier == key);
                if twice { Some((key.as_str(), value.line())) } else { value.duplicate() }
            }),
        }
    }

    /// Where its first scalar stands.
    pub(crate) fn start(&self) -> (u32, u32) {
        match self {
            Self::Scalar(line, column) => (*line, *column),
            Self::List(items) => items.first().map_or((1, 1), Self::start),
            Self::Map(entries) => entries.iter().map(|(_, places)| places.start()).min().unwrap_or((1, 1)),
        }
    }

    /// The line of its first scalar.
    pub(crate) fn line(&self) -> u32 {
        self.start().0
    }
}

/// As a seed, a value says only that it wants to be replaced by the one that is there.
impl<'de> DeserializeSeed<'de> for Places {
    type Value = Self;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Locator)
    }
}

struct Locator;

impl Locator {
    const fn seed() -> Places {
        Places::Scalar(1, 1)
    }
}

/// The place that a refusal names: `… at line 3 column 5`. The very first position of a document goes without saying.
fn place_of(error: &impl fmt::Display) -> Option<Places> {
    let message = error.to_string();
    let (_, place) = message.rsplit_once(REFUSED)?;
    let mut numbers = place.split(' ').filter_map(|word| word.parse().ok());
    Some(Places::Scalar(numbers.next().unwrap_or(1), numbers.next().unwrap_or(1)))
}

macro_rules! refuse {
    ($($visit:ident($value:ty)),+) => {
        $(fn $visit<E: Error>(self, _: $value) -> Result<Places, E> {
            Err(E::custom(REFUSED))
        })+
    };
}

impl<'de> Visitor<'de> for Locator {
    type Value = Places;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    refuse!(visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));

    fn visit_unit<E: Error>(self) -> Result<Places, E> {
        Err(E::custom(REFUSED))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Places, A::Error> {
        let mut places = Vec::new();
        loop {
            match items.next_element_seed(Self::seed()) {
                Ok(Some(item)) => places.push(item),
                Ok(None) => return Ok(Places::List(places)),
                Err(error) => places.push(place_of(&error).ok_or(error)?),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Places, A::Error> {
        let mut places = Vec::new();
        while let Some(key) = entries.next_key()? {
            match entries.next_value_seed(Self::seed()) {
                Ok(value) => places.push((key, value)),
                Err(error) => places.push((key, place_of(&error).ok_or(error)?)),
            }
        }
        Ok(Places::Map(places))
    }

    /// A value with a tag: it is taken whole, since a tag that is refused stays where it is, and would be met again for ever.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Places, A::Error> {
        let (_tag, value) = tagged.variant::<IgnoredAny>()?;
        value.newtype_variant_seed(Self::seed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_line() {
        let text = "suite: s # comment\ncases:\n- name: a\n  source: |\n    - name: not a case\n    x\n  expect: {frees: [a, b]}\n\n- {name: 'b',\n   python: 3.12, why: null,\n   source: 1}\n";
        let places = locate(text);
        let line = |index: usize, key: &str| {
            let case = places.key("cases").and_then(|cases| cases.item(index));
            case.and_then(|case| case.key(key)).map(Places::start)
        };
        assert_eq!(places.key("suite").map(Places::start), Some((1, 8)));
        assert_eq!(line(0, "name"), Some((3, 9)));
        assert_eq!(line(0, "source"), Some((4, 11)));
        assert_eq!(line(0, "expect"), Some((7, 20)));
        assert_eq!(line(1, "name"), Some((9, 10)));
        assert_eq!(line(1, "why"), Some((10, 23)));
        assert_eq!(line(1, "source"), Some((11, 12)));
        assert_eq!(line(2, "name"), None);
    }

    #[test]
    fn a_broken_document_has_no_places() {
        assert_eq!(locate("a: [1"), Places::Scalar(1, 1));
        assert_eq!(locate(""), Places::Scalar(1, 1));
    }

    #[test]
    fn values_with_tags_have_places_and_come_to_an_end() {
        assert_eq!(locate("- !a b\n- c"), Places::List(vec![Places::Scalar(1, 3), Places::Scalar(2, 3)]));
        for text in ["- !", "[!", "a: !", "- !a [!b c]", "- ! x\n- !"] {
            locate(text);
        }
    }
}
