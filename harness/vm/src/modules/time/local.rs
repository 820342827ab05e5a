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
    for name in ["timezone", "altzone", "daylight"] {
        let zero = vm.int(0).into_ref();
        vm.set_module_attribute(dict, name, zero);
    }
    let names = names(vm).into_ref();
    vm.set_module_attribute(dict, "tzname", names);
}

/// Without summer time both names are the same text, in two strings.
fn names(vm: &mut Vm) -> Owned {
    let names = vec![vm.str(ZONE), vm.str(ZONE)];
    vm.new_tuple(names)
}

/// `time.tzset()` sets what the zone is called anew, which it can't have changed: the process's environment is another.
pub(super) fn tzset(vm: &mut Vm, _args: &Args<'_>) -> PyResult {
    Err(vm.unsupported(Missing::Name, "time.tzset"))
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
