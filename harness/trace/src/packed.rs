//! The long lists of a message as bytes: a run has as many steps as the snippet executes instructions, and each a few events.
//!
//! Numbers are written seven bits a byte, the lowest first; a signed one is folded so that small ones stay short.

use std::fmt;

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::Serializer;

use crate::{Event, Place, Step, Teardown};

/// Something of which a message holds many.
pub(crate) trait Packed: Sized {
    /// Writes this one, behind the one before it.
    fn pack(&self, before: Option<&Self>, to: &mut Vec<u8>);
    /// Reads one, behind the one before it.
    fn unpack(from: &mut Bytes<'_>, before: Option<&Self>) -> Option<Self>;
}

/// For `#[serde(with = "packed")]`.
pub(crate) fn serialize<T: Packed, S: Serializer>(items: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    let mut bytes = Vec::with_capacity(items.len() * 3 + 5);
    number(items.len() as u64, &mut bytes);
    let mut before = None;
    for item in items {
        item.pack(before, &mut bytes);
        before = Some(item);
    }
    serializer.serialize_bytes(&bytes)
}

/// For `#[serde(with = "packed")]`.
pub(crate) fn deserialize<'de, T: Packed, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    with_bytes(deserializer, |bytes| {
        let mut bytes = Bytes(bytes);
        let count = bytes.number()?;
        // Nothing takes less than a byte, so that a wrong count asks for no memory that the message does not have.
        let mut items: Vec<T> = Vec::with_capacity(count.min(bytes.0.len() as u64) as usize);
        for _ in 0..count {
            let item = T::unpack(&mut bytes, items.last())?;
            items.push(item);
        }
        bytes.0.is_empty().then_some(items)
    })
}

/// Plain bytes, which serde would take for a list of numbers: `#[serde(with = "packed::bytes")]`.
pub(crate) mod bytes {
    use serde::{Deserializer, Serializer};

    /// Writes them.
    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    /// Reads them.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        super::with_bytes(deserializer, |bytes| Some(bytes.to_vec()))
    }
}

/// Reads bytes, in whatever form the format has them, and makes something of them.
fn with_bytes<'de, T, D: Deserializer<'de>>(deserializer: D, read: impl FnOnce(&[u8]) -> Option<T>) -> Result<T, D::Error> {
    struct Reader<F>(F);

    impl<'de, T, F: FnOnce(&[u8]) -> Option<T>> Visitor<'de> for Reader<F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("packed bytes")
        }

        fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<T, E> {
            (self.0)(bytes).ok_or_else(|| E::custom("packed bytes that make no sense"))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
            let mut bytes = Vec::new();
            while let Some(byte) = list.next_element()? {
                bytes.push(byte);
            }
            self.visit_bytes(&bytes)
        }
    }

    deserializer.deserialize_bytes(Reader(read))
}

/// What is still to be read.
pub(crate) struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    fn signed(&mut self) -> Option<i32> {
        let folded = self.small()?;
        Some((folded >> 1) as i32 ^ -((folded & 1) as i32))
    }
}

fn number(mut value: u64, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

fn signed(value: i32, to: &mut Vec<u8>) {
    number(u64::from((value << 1 ^ value >> 31) as u32), to);
}

/// What the two low bits of a step's first number say; the rest of it is the number of its events.
mod place {
    /// An instruction of the same frame as the step before: how far it is from that one.
    pub(super) const SAME_FRAME: u64 = 0;
    /// An instruction of another frame, and its offset.
    pub(super) const INSTRUCTION: u64 = 1;
    /// An act of the teardown.
    pub(super) const TEARDOWN: u64 = 2;
}

impl Packed for Step {
    fn pack(&self, before: Option<&Self>, to: &mut Vec<u8>) {
        let events = self.events_end.wrapping_sub(before.map_or(0, |step| step.events_end));
        let head = |tag: u64| u64::from(events) << 2 | tag;
        match (self.place, before.map(|step| step.place)) {
            (Place::Instruction { frame, offset }, Some(Place::Instruction { frame: same, offset: last })) if frame == same => {
                number(head(place::SAME_FRAME), to);
                signed(offset.wrapping_sub(last) as i32, to);
            }
            (Place::Instruction { frame, offset }, _) => {
                number(head(place::INSTRUCTION), to);
                number(u64::from(frame), to);
                number(u64::from(offset), to);
            }
            (Place::Teardown(act), _) => {
                number(head(place::TEARDOWN), to);
                let act = match act {
                    Teardown::Outcome => 0,
                    Teardown::Collection => 1,
                    Teardown::Global(name) => u64::from(name) * 2 + 2,
                    Teardown::Module(name) => u64::from(name) * 2 + 3,
                };
                number(act, to);
            }
        }
    }

    fn unpack(from: &mut Bytes<'_>, before: Option<&Self>) -> Option<Self> {
        let head = from.number()?;
        let events: u32 = (head >> 2).try_into().ok()?;
        let place = match (head & 3, before.map(|step| step.place)) {
            (place::SAME_FRAME, Some(Place::Instruction { frame, offset })) => {
                Place::Instruction { frame, offset: offset.wrapping_add_signed(from.signed()?) }
            }
            (place::INSTRUCTION, _) => Place::Instruction { frame: from.small()?, offset: from.small()? },
            (place::TEARDOWN, _) => Place::Teardown(match from.number()? {
                0 => Teardown::Outcome,
                1 => Teardown::Collection,
                name if name % 2 == 0 => Teardown::Global(((name - 2) / 2).try_into().ok()?),
                name => Teardown::Module(((name - 3) / 2).try_into().ok()?),
            }),
            _ => return None,
        };
        Some(Self { place, events_end: before.map_or(0, |step| step.events_end).wrapping_add(events) })
    }
}

/// What the two low bits of an event's first number say; the rest of it is the object, or the slot.
mod kind {
    pub(super) const SLOT: u64 = 0;
    pub(super) const COUNT: u64 = 1;
    pub(super) const SEEN: u64 = 2;
    pub(super) const FREED: u64 = 3;
}

impl Packed for Event {
    fn pack(&self, _: Option<&Self>, to: &mut Vec<u8>) {
        let mut head = |value: u32, kind: u64| number(u64::from(value) << 2 | kind, to);
        match *self {
            Self::Freed(object) => head(object, kind::FREED),
            Self::Seen { object, count } => {
                head(object, kind::SEEN);
                signed(count, to);
            }
            Self::Slot { slot, object } => {
                head(u32::from(slot), kind::SLOT);
                number(object.map_or(0, |object| u64::from(object) + 1), to);
            }
            Self::Count { object, count } => {
                head(object, kind::COUNT);
                signed(count, to);
            }
        }
    }

    fn unpack(from: &mut Bytes<'_>, _: Option<&Self>) -> Option<Self> {
        let head = from.number()?;
        let value: u32 = (head >> 2).try_into().ok()?;
        Some(match head & 3 {
            kind::FREED => Self::Freed(value),
            kind::SEEN => Self::Seen { object: value, count: from.signed()? },
            kind::COUNT => Self::Count { object: value, count: from.signed()? },
            _ => Self::Slot {
                slot: value.try_into().ok()?,
                object: match from.number()? {
                    0 => None,
                    object => Some((object - 1).try_into().ok()?),
                },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IMMORTAL, Trajectory};

    fn packed<T: Packed>(items: &[T]) -> Vec<u8> {
        let mut bytes = Vec::new();
        number(items.len() as u64, &mut bytes);
        let mut before = None;
        for item in items {
            item.pack(before, &mut bytes);
            before = Some(item);
        }
        bytes
    }

    fn unpacked<T: Packed>(bytes: &[u8]) -> Option<Vec<T>> {
        use serde::de::value::{BytesDeserializer, Error};
        deserialize(BytesDeserializer::<Error>::new(bytes)).ok()
    }

    fn steps() -> Vec<Step> {
        let instruction = |frame, offset| Place::Instruction { frame, offset };
        let places = [
            instruction(0, 2),
            instruction(0, 4),
            instruction(7, u32::MAX),
            instruction(7, 0),
            instruction(u32::MAX, 300),
            Place::Teardown(Teardown::Outcome),
            Place::Teardown(Teardown::Global(0)),
            Place::Teardown(Teardown::Global(u32::MAX)),
            Place::Teardown(Teardown::Module(u32::MAX)),
            Place::Teardown(Teardown::Collection),
            instruction(0, 2),
        ];
        // Ends that go back make no sound trajectory, but pass as they are.
        let ends = [0, 3, 3, 200, 100_000, u32::MAX, 5, 6, 7, 8];
        places.into_iter().zip(ends).map(|(place, events_end)| Step { place, events_end }).collect()
    }

    fn events() -> Vec<Event> {
        let mut events = vec![Event::Freed(0), Event::Freed(u32::MAX)];
        for count in [0, 1, -1, 63, 64, -65, IMMORTAL, i32::MIN] {
            events.push(Event::Seen { object: 1000, count });
            events.push(Event::Count { object: u32::MAX, count });
        }
        events.push(Event::Slot { slot: 0, object: None });
        events.push(Event::Slot { slot: u16::MAX, object: Some(u32::MAX) });
        events
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        assert_eq!(unpacked(&packed(&steps())), Some(steps()));
        assert_eq!(unpacked(&packed(&events())), Some(events()));
        assert_eq!(unpacked::<Event>(&packed::<Event>(&[])), Some(Vec::new()));
    }

    #[test]
    fn a_step_in_the_same_frame_takes_two_bytes() {
        let place = |offset| Place::Instruction { frame: 3, offset };
        let steps = [Step { place: place(40), events_end: 0 }, Step { place: place(52), events_end: 4 }];
        assert_eq!(packed(&steps).len() - packed(&steps[..1]).len(), 2);
    }

    #[test]
    fn bytes_that_make_no_sense_are_refused() {
        for whole in [packed(&steps()), packed(&events())] {
            for end in 0..whole.len() {
                assert_eq!(unpacked::<Step>(&whole[..end]), None);
                assert_eq!(unpacked::<Event>(&whole[..end]), None);
            }
            let longer = [whole.as_slice(), &[0]].concat();
            assert!(unpacked::<Step>(&longer).is_none() && unpacked::<Event>(&longer).is_none());
        }
        assert_eq!(unpacked::<Event>(&[0xff; 40]), None, "a number without an end");
        assert_eq!(unpacked::<Step>(&[1, 0, 2]), None, "a first step that leans on another");
    }

    #[test]
    fn a_trajectory_passes_through_formats_without_bytes() {
        let trajectory = Trajectory { steps: steps(), events: events(), ..Trajectory::default() };
        let text = serde_json::to_string(&trajectory).unwrap();
        assert_eq!(serde_json::from_str::<Trajectory>(&text).unwrap(), trajectory);
    }
}
