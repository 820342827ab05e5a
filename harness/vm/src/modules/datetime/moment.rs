//! What dates, times and both together are made of.

use super::calendar::{MAX_ORDINAL, MAX_YEAR, days_in_month, from_ordinal, ordinal};
use super::zone::{about, ask};
use super::{component, delta};
use crate::heap::{Owned, Ref};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// The numbers; those that a type does not have are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) micro: i64,
    pub(super) fold: i64,
}

/// The payload of a `date`, `time` or `datetime`.
struct Stamp {
    moment: Moment,
    zone: Option<Owned>,
    /// Found once: who is hashed again is not asked again.
    hash: Option<i64>,
}

impl Native for Stamp {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(zone) = &self.zone {
            see(Role::Field("tzinfo"), zone.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.zone.take());
    }

    fn clear(&mut self, _: &mut Vec<Owned>) {}
}

impl Moment {
    /// The object; `None` is no zone.
    pub(super) fn make(self, vm: &mut Vm, class: Ref, zone: Ref) -> Owned {
        let zone = (zone != types::NONE).then(|| vm.retain(zone));
        vm.alloc_instance(class, Value::Native(Box::new(Stamp { moment: self, zone, hash: None })))
    }

    /// The fields of a date and of a time in one order: what constructors are called with.
    pub(super) fn date_fields(self) -> [i64; 3] {
        [self.year, self.month, self.day]
    }

    pub(super) fn time_fields(self) -> [i64; 4] {
        [self.hour, self.minute, self.second, self.micro]
    }

    /// The number of its day.
    pub(super) fn ordinal(self) -> i64 {
        ordinal(self.year, self.month, self.day)
    }

    /// The microseconds since midnight.
    pub(super) fn time_micros(self) -> i128 {
        i128::from((self.hour * 60 + self.minute) * 60 + self.second) * 1_000_000 + i128::from(self.micro)
    }

    /// The microseconds since the day before the first.
    pub(super) fn micros(self) -> i128 {
        i128::from(self.ordinal()) * 86_400_000_000 + self.time_micros()
    }

    /// The reverse; none beyond the calendar.
    pub(super) fn from_micros(micros: i128) -> Option<Self> {
        let days = i64::try_from(micros.div_euclid(86_400_000_000)).ok()?;
        if !(1..=MAX_ORDINAL).contains(&days) {
            return None;
        }
        let rest = micros.rem_euclid(86_400_000_000) as i64;
        let (year, month, day) = from_ordinal(days);
        let seconds = rest / 1_000_000;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        Some(Self { year, month, day, hour, minute, second, micro: rest % 1_000_000, fold: 0 })
    }

    /// `check_date_args`
    pub(super) fn check_date(self, vm: &mut Vm) -> PyResult<()> {
        if !(1..=MAX_YEAR).contains(&self.year) {
            return Err(vm.value_error(format!("year {} is out of range", self.year)));
        }
        if !(1..=12).contains(&self.month) {
            return Err(vm.value_error("month must be in 1..12"));
        }
        if !(1..=days_in_month(self.year, self.month)).contains(&self.day) {
            return Err(vm.value_error("day is out of range for month"));
        }
        Ok(())
    }

    /// `check_time_args`
    pub(super) fn check_time(self, vm: &mut Vm) -> PyResult<()> {
        let message = if !(0..24).contains(&self.hour) {
            "hour must be in 0..23"
        } else if !(0..60).contains(&self.minute) {
            "minute must be in 0..59"
        } else if !(0..60).contains(&self.second) {
            "second must be in 0..59"
        } else if !(0..1_000_000).contains(&self.micro) {
            "microsecond must be in 0..999999"
        } else if !(0..2).contains(&self.fold) {
            "fold must be either 0 or 1"
        } else {
            return Ok(());
        };
        Err(vm.value_error(message))
    }

    /// What the hash is of: the bytes that CPython keeps the fields in.
    pub(super) fn bytes(self, date: bool, time: bool) -> Vec<u8> {
        let mut packed = Vec::new();
        if date {
            packed.extend([(self.year >> 8) as u8, self.year as u8, self.month as u8, self.day as u8]);
        }
        if time {
            packed.extend([self.hour as u8, self.minute as u8, self.second as u8]);
            packed.extend([(self.micro >> 16) as u8, (self.micro >> 8) as u8, self.micro as u8]);
        }
        packed
    }

    /// The hash of one with an offset.
    fn hash_at(self, vm: &mut Vm, offset: i128) -> PyResult<i64> {
        let days = if self.year == 0 { 0 } else { i128::from(self.ordinal()) };
        let micros = days * 86_400_000_000 + self.time_micros() - offset;
        let delta = delta::make(vm, micros)?;
        let hash = vm.hash_of(delta.borrow());
        vm.release(delta);
        hash
    }
}

/// The hash of a `time` or `datetime`, found once (`time_hash`, `datetime_hash`): that of its bytes, or of a timedelta if it is aware.
pub(super) fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    if let Some(hash) = vm.payload::<Stamp>(this).and_then(|stamp| stamp.hash) {
        return Ok(hash);
    }
    let (moment, zone, dated) = (of(vm, this), zone(vm, this), is_datetime(vm, this));
    // One of the second fold has another, of the first, ask for the offset.
    let asking = if moment.fold == 0 {
        vm.retain(this)
    } else {
        let class = vm.class_of(this);
        Moment { fold: 0, ..moment }.make(vm, class, zone)
    };
    let offset = vm.lend(asking, |vm, asking| ask(vm, zone, "utcoffset", about(vm, asking)))?;
    let hash = vm.lend(offset, |vm, offset| match delta::micros(vm, offset) {
        None => Ok(crate::hash::bytes(&moment.bytes(dated, true))),
        Some(offset) => moment.hash_at(vm, offset),
    })?;
    if let Some(stamp) = vm.payload_mut::<Stamp>(this) {
        stamp.hash = Some(hash);
    }
    Ok(hash)
}

/// The numbers of an object, which is one of the three.
pub(super) fn of(vm: &Vm, this: Ref) -> Moment {
    vm.payload::<Stamp>(this).map(|stamp| stamp.moment).unwrap_or_default()
}

/// Its zone, or `None`.
pub(super) fn zone(vm: &Vm, this: Ref) -> Ref {
    vm.held::<Stamp>(this, |stamp| &stamp.zone).unwrap_or(types::NONE)
}

pub(super) fn is_date(vm: &Vm, object: Ref) -> bool {
    vm.is_instance_of(object, types::DATE)
}

pub(super) fn is_datetime(vm: &Vm, object: Ref) -> bool {
    vm.is_instance_of(object, types::DATETIME)
}

/// Takes numbers from arguments over what was there.
pub(super) fn overwrite(vm: &mut Vm, places: &mut [&mut i64], given: &[Option<Ref>]) -> PyResult<()> {
    for (place, given) in places.iter_mut().zip(given) {
        if let Some(given) = given {
            **place = component(vm, *given)?;
        }
    }
    Ok(())
}

/// Makes an object of a class that may be derived: by calling it (`new_date_subclass_ex`, `new_datetime_ex2`).
pub(super) fn make_as(vm: &mut Vm, class: Ref, moment: Moment, zone: Ref) -> PyResult {
    let exact = [types::DATE, types::TIME, types::DATETIME].contains(&class);
    if exact {
        return Ok(moment.make(vm, class, zone));
    }
    let datetime = vm.is_subclass(class, types::DATETIME);
    let mut numbers: Vec<i64> = Vec::new();
    if vm.is_subclass(class, types::DATE) {
        numbers.extend(moment.date_fields());
    }
    let timed = datetime || !vm.is_subclass(class, types::DATE);
    if timed {
        numbers.extend(moment.time_fields());
    }
    let mut values: Vec<Owned> = numbers.into_iter().map(|number| vm.int(number)).collect();
    if timed {
        values.push(vm.retain(zone));
    }
    let borrowed: Vec<Ref> = values.iter().map(Owned::borrow).collect();
    let made = vm.call_pos(class, &borrowed);
    vm.release_all(values);
    let made = made?;
    if moment.fold != 0
        && timed
        && let Value::Native(native) = &mut vm.heap[made.borrow()].value
        && let Some(stamp) = native.downcast_mut::<Stamp>()
    {
        stamp.moment.fold = moment.fold;
    }
    Ok(made)
}

/// What `replace` makes: an object of the same class, in later versions by calling that.
pub(super) fn replaced(vm: &mut Vm, this: Ref, moment: Moment, zone: Ref) -> PyResult {
    let class = vm.class_of(this);
    if vm.profile.replacing_calls_class { make_as(vm, class, moment, zone) } else { Ok(moment.make(vm, class, zone)) }
}
