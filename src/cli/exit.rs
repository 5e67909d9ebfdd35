//! Exit statuses, as grep has them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: something was found, or the command did what it was asked.
    Found,
    /// 1: all went well and nothing was found.
    Nothing,
    /// 2: something went wrong, whatever was found.
    Trouble,
    /// 128 and the signal's number, as shells have it: it was ended before it was done.
    Signal(u8),
}

impl Exit {
    /// Trouble outweighs what was found: a script that reads 0 or 1 may rely on the answer.
    pub fn of(found: bool, trouble: bool) -> Self {
        match (trouble, found) {
            (true, _) => Self::Trouble,
            (false, true) => Self::Found,
            (false, false) => Self::Nothing,
        }
    }

    /// The number that the program ends with.
    pub fn status(self) -> u8 {
        match self {
            Self::Found => 0,
            Self::Nothing => 1,
            Self::Trouble => 2,
            Self::Signal(number) => 128 + number,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
}
