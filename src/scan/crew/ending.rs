//! Ending, whatever happens: nobody is left waiting for what will not come.

use super::Crew;

/// Stops the threads when the calling one is done, also where the sink panics: who waits for room
/// would wait for ever, and the scope for them.
pub(super) struct StopAtEnd<'a, 'm>(pub &'a Crew<'m>);

impl Drop for StopAtEnd<'_, '_> {
    fn drop(&mut self) {
        self.0.lock().is_stopped = true;
        self.0.stop.stop();
        self.0.work.notify_all();
    }
}

/// Stops a sweep whose thread panics.
pub(super) struct StopOnPanic<'a, 'm>(pub &'a Crew<'m>);

impl Drop for StopOnPanic<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut state = self.0.lock();
            state.is_stopped = true;
            // Nothing is left to wait for: the panic goes on in the calling thread.
            state.next_input = None;
            state.open.clear();
            state.under_way = 0;
            state.opening = 0;
            drop(state);
            self.0.stop.stop();
            self.0.work.notify_all();
            self.0.ready.notify_all();
        }
    }
}
