//! Colours, or none.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};
use refdrift_record::Standing;

/// Whether text is coloured. Whoever prints knows what it prints to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// Colours and weights, or plain text.
    pub colour: bool,
}

impl Paint {
    /// Plain text.
    pub const PLAIN: Self = Self { colour: false };

    pub(crate) fn with(self, style: Style, text: impl Display) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    pub(crate) fn heading(self, text: impl Display) -> String {
        self.with(Style::new().bold(), text)
    }

    pub(crate) fn quiet(self, text: impl Display) -> String {
        self.with(Style::new().dimmed(), text)
    }

    pub(crate) fn good(self, text: impl Display) -> String {
        self.with(AnsiColor::Green.on_default(), text)
    }

    pub(crate) fn bad(self, text: impl Display) -> String {
        self.with(AnsiColor::Red.on_default().bold(), text)
    }

    pub(crate) fn mixed(self, text: impl Display) -> String {
        self.with(AnsiColor::Yellow.on_default(), text)
    }

    pub(crate) fn standing(self, standing: Standing, text: impl Display) -> String {
        match standing {
            Standing::Agreed | Standing::Expected => self.good(text),
            Standing::Diverged | Standing::Failed => self.bad(text),
            Standing::Unsupported | Standing::Incomparable => self.mixed(text),
        }
    }
}
