//! The time of the lines, in the notations of the vendors.

use super::line::Line;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A clock that runs on with every line. All times are UTC.
#[derive(Debug)]
pub struct Clock {
    /// Seconds since 1970.
    pub unix: u64,
    /// Milliseconds within the second.
    pub ms: u32,
    year: u64,
    month: usize,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
}

impl Clock {
    /// A clock that shows 2024-06-10 06:13:20.
    #[must_use]
    pub fn new() -> Self {
        let mut clock =
            Self { unix: 0, ms: 0, year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
        clock.set(1_718_000_000);
        clock
    }

    /// Lets less than a second pass.
    #[inline]
    pub fn advance(&mut self, ms: u32) {
        self.ms += ms;
        if self.ms >= 1000 {
            self.ms -= 1000;
            self.set(self.unix + 1);
        }
    }

    fn set(&mut self, unix: u64) {
        let day_changes = unix / 86_400 != self.unix / 86_400;
        self.unix = unix;
        self.hour = unix / 3600 % 24;
        self.minute = unix / 60 % 60;
        self.second = unix % 60;
        if day_changes {
            // Hinnant's civil_from_days for days after 1970; the year begins in March.
            let days = unix / 86_400 + 719_468;
            let era_day = days % 146_097;
            let era_year = (era_day - era_day / 1460 + era_day / 36_524 - era_day / 146_096) / 365;
            let year_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
            let march_month = (5 * year_day + 2) / 153;
            self.day = year_day - (153 * march_month + 2) / 5 + 1;
            self.month = ((march_month + 2) % 12) as usize;
            self.year = days / 146_097 * 400 + era_year + u64::from(march_month >= 10);
        }
    }

    fn month_name(&self) -> &'static str {
        MONTHS[self.month]
    }

    /// `23:49:08`.
    pub fn time(&self, line: &mut Line) {
        line.zeros(self.hour, 2).text(":").zeros(self.minute, 2).text(":").zeros(self.second, 2);
    }

    fn date(&self, separator: &str, line: &mut Line) {
        line.num(self.year).text(separator).zeros(self.month as u64 + 1, 2);
        line.text(separator).zeros(self.day, 2);
    }

    /// `Nov  7 23:49:08`, RFC 3164.
    pub fn syslog(&self, line: &mut Line) {
        line.text(self.month_name()).text(" ").right(self.day, 2).text(" ");
        self.time(line);
    }

    /// `Nov 07 2024 23:49:08`, Cisco ASA.
    pub fn asa(&self, line: &mut Line) {
        line.text(self.month_name()).text(" ").zeros(self.day, 2).text(" ").num(self.year);
        line.text(" ");
        self.time(line);
    }

    /// `2024-11-07`, the date alone.
    pub fn iso_date(&self, line: &mut Line) {
        self.date("-", line);
    }

    /// `2024-11-07T23:49:08`, without a zone.
    pub fn iso(&self, line: &mut Line) {
        self.date("-", line);
        line.text("T");
        self.time(line);
    }

    /// `2024/11/07 23:49:08`, PAN-OS.
    pub fn panos(&self, line: &mut Line) {
        self.date("/", line);
        line.text(" ");
        self.time(line);
    }

    /// `07-Nov-2024 23:49:08.123`, BIND.
    pub fn bind(&self, line: &mut Line) {
        line.zeros(self.day, 2).text("-").text(self.month_name()).text("-").num(self.year);
        line.text(" ");
        self.time(line);
        line.text(".").zeros(self.ms, 3);
    }

    /// `07/Nov/2024:23:49:08 +0000`, the common log format.
    pub fn common(&self, line: &mut Line) {
        line.zeros(self.day, 2).text("/").text(self.month_name()).text("/").num(self.year);
        line.text(":");
        self.time(line);
        line.text(" +0000");
    }

    /// `11/7/2024 11:49:08 PM`, Windows in the United States.
    pub fn windows(&self, line: &mut Line) {
        line.num(self.month as u64 + 1).text("/").num(self.day).text("/").num(self.year);
        line.text(" ").num((self.hour + 11) % 12 + 1).text(":").zeros(self.minute, 2);
        line.text(":").zeros(self.second, 2).text(if self.hour < 12 { " AM" } else { " PM" });
    }

    /// `1731023348.123456`, Zeek and Squid: seconds with `digits` digits behind the point, of
    /// which those past the third are zeros.
    pub fn epoch(&self, digits: usize, line: &mut Line) {
        line.num(self.unix).text(".").zeros(self.ms, 3);
        for _ in 3..digits {
            line.text("0");
        }
    }
}
