//! Opening an input, beside the scan of others.

use std::sync::{Arc, Mutex};

use super::{Crew, Open};
use crate::input::{Problem, Source, WalkItem, open_path, open_reader, open_stdin};
use crate::scan::outcome::{Event, Outcome};
use crate::scan::sweep::Unopened;

impl Crew<'_> {
    /// Opens an input and lets everybody take its steps.
    pub(super) fn open(&self, input: usize, item: Unopened) {
        let limits = &self.options.limits;
        let opened = match item {
            Unopened::Found(WalkItem::Problem(problem)) => return self.opened(input, Err(problem)),
            Unopened::Found(WalkItem::Stdin) => {
                return self.opened(input, Ok(open_stdin(limits, &self.stop)));
            }
            Unopened::Found(WalkItem::Path(path, len)) => {
                let opened = open_path(&path, self.options.mapping, limits, &self.stop);
                let path = path.display().to_string();
                opened.map_err(|reason| Problem { path, reason, unscanned: len })
            }
            Unopened::Reader(name, reader) => {
                return self.opened(input, Ok(open_reader(name, reader, limits, &self.stop)));
            }
        };
        self.opened(input, opened);
    }

    fn opened(&self, input: usize, opened: Result<Source, Problem>) {
        let mut state = self.lock();
        state.opening -= 1;
        match opened {
            Ok(source) => {
                // Opening is no step; it was counted as one so that nobody takes it for the end.
                state.under_way -= 1;
                let source = Arc::new(Mutex::new(source));
                let open = Open {
                    input,
                    next_step: 0,
                    is_busy: false,
                    is_large: false,
                    is_mapped: false,
                    source,
                };
                let at = state.open.partition_point(|other| other.input < input);
                state.open.insert(at, open);
            }
            Err(problem) => {
                let events = vec![Event::Problem(problem)];
                let outcome = Outcome { events, is_last: true, consumed: 0 };
                state.held += outcome.held();
                state.outcomes.insert((input, 0), outcome);
            }
        }
        drop(state);
        self.work.notify_all();
        self.ready.notify_all();
    }
}
