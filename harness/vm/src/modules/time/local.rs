//! Local time: the observer runs in UTC, and so does this.

use super::super::only;
use super::numbers;
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::vm::{PyResult, Vm};

/// What `tm_zone` is.
pub(super) const ZONE: &str = "UTC";

/// `init_timezone`
pub(super) fn fill(vm: &mut Vm, dict: Ref) {
    for (name, value) in zone(vm) {
        vm.set_module_attribute(dict, name, value.into_ref());
    }
}

/// What the module says of the zone. Without summer time both names are the same text, in two strings.
fn zone(vm: &mut Vm) -> [(&'static str, Owned); 4] {
    let names = vec![vm.str(ZONE), vm.str(ZONE)];
    [("timezone", vm.int(0)), ("altzone", vm.int(0)), ("daylight", vm.int(0)), ("tzname", vm.new_tuple(names))]
}

/// `time.tzset()` says it anew. It is still UTC: nothing here changes the process's environment.
pub(super) fn tzset(vm: &mut Vm, _args: &Args<'_>) -> PyResult {
    let module = vm.import_module("time")?;
    for (name, value) in zone(vm) {
        let name = vm.intern(name);
        let set = vm.setattr(module, name.borrow(), Some(value.borrow()));
        vm.release(name);
        vm.release(value);
        set?;
    }
    Ok(vm.none())
}

/// `time.mktime(t)`: numbers beyond their range count on.
pub(super) fn mktime(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let [year, month, day, hour, minute, second, _, _, daylight] = numbers(vm, only(args), "mktime")?;
    if daylight > 0 {
        return Err(vm.unsupported(Missing::Name, "time.mktime of summer time"));
    }
    let month = month - 1;
    let days = days_before(year + month.div_euclid(12), month.rem_euclid(12)) + day - 1;
    Ok(vm.float((((days * 24 + hour) * 60 + minute) * 60 + second) as f64))
}

/// The days from 1970 to the first of a month, which counts from 0.
fn days_before(year: i64, month: i64) -> i64 {
    // Years are counted from March.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 - 719_468
}

#[cfg(test)]
mod tests {
    use super::days_before;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(days_before(1970, 0), 0);
        assert_eq!(days_before(2000, 2), 11_017);
        assert_eq!(days_before(1969, 11), -31);
    }
}
