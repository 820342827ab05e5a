//! The proleptic Gregorian calendar: days, months, weeks.

/// The last year.
pub(super) const MAX_YEAR: i64 = 9999;
/// The number of the last day.
pub(super) const MAX_ORDINAL: i64 = 3_652_059;

const BEFORE_MONTH: [i64; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
pub(super) const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
pub(super) const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month has.
pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The number of a day: 1 is the first of January of year 1.
pub(super) fn ordinal(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    before * 365 + before / 4 - before / 100 + before / 400 + day_of_year(year, month, day)
}

/// The number of a day in its year, from 1.
pub(super) fn day_of_year(year: i64, month: i64, day: i64) -> i64 {
    BEFORE_MONTH[month as usize] + i64::from(month > 2 && is_leap(year)) + day
}

/// Year, month and day of a number.
pub(super) fn from_ordinal(number: i64) -> (i64, i64, i64) {
    // Howard Hinnant's algorithm, with years that begin in March.
    let shifted = number + 305;
    let era = shifted.div_euclid(146_097);
    let day = shifted.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let rest = day - (365 * year + year / 4 - year / 100);
    let month = (5 * rest + 2) / 153;
    let day = rest - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// The day of the week, Monday is 0.
pub(super) fn weekday(number: i64) -> i64 {
    (number + 6) % 7
}

/// The number of the Monday of the first week of a year (ISO 8601).
pub(super) fn first_monday(year: i64) -> i64 {
    let first = ordinal(year, 1, 1);
    let weekday = weekday(first);
    first - weekday + if weekday > 3 { 7 } else { 0 }
}

/// Year, week and weekday (from 1) of ISO 8601.
pub(super) fn iso_week(year: i64, month: i64, day: i64) -> (i64, i64, i64) {
    let today = ordinal(year, month, day);
    let mut year = year;
    let mut first = first_monday(year);
    if today < first {
        year -= 1;
        first = first_monday(year);
    } else if today >= first_monday(year + 1) {
        year += 1;
        first = first_monday(year);
    }
    let days = today - first;
    (year, days / 7 + 1, days % 7 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_days_belong_together() {
        // Miri runs them a thousand times slower.
        let apart = if cfg!(miri) { 29_989 } else { 97 };
        for number in (1..MAX_ORDINAL).step_by(apart).chain([1, 365, 366, 730_120, MAX_ORDINAL]) {
            let (year, month, day) = from_ordinal(number);
            assert_eq!(ordinal(year, month, day), number);
            assert!((1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day));
        }
        assert_eq!(from_ordinal(1), (1, 1, 1));
        assert_eq!(iso_week(2021, 1, 3), (2020, 53, 7));
    }
}
