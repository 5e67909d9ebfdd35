//! Ending a sweep from outside: from a signal handler's thread, or another part of a program.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Stop;

/// Ends sweeps that were given a clone of it, also while they wait for a silent stream.
///
/// ```
/// use flaxscan::input::Interrupt;
///
/// let interrupt = Interrupt::new();
/// let of_the_handler = interrupt.clone();
/// of_the_handler.interrupt();
/// assert!(interrupt.is_interrupted());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Interrupt {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    is_interrupted: AtomicBool,
    /// What the sweeps that go on wait with.
    stops: Mutex<Vec<Weak<Stop>>>,
}

impl Interrupt {
    /// One that has not happened.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends them: those that go on, and those that begin from now on. Not for use inside a signal
    /// handler: it takes a lock.
    pub fn interrupt(&self) {
        // First: who finds a stream at its end because of this must find this too.
        self.shared.is_interrupted.store(true, Ordering::SeqCst);
        let stops = self.shared.stops.lock().unwrap_or_else(PoisonError::into_inner);
        stops.iter().filter_map(Weak::upgrade).for_each(|stop| stop.stop());
    }

    /// Whether that happened.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.shared.is_interrupted.load(Ordering::SeqCst)
    }

    /// A stop that this interrupt stops.
    pub(crate) fn stop(&self) -> io::Result<Arc<Stop>> {
        let stop = Stop::new()?;
        let mut stops = self.shared.stops.lock().unwrap_or_else(PoisonError::into_inner);
        stops.retain(|stop| stop.strong_count() > 0);
        stops.push(Arc::downgrade(&stop));
        if self.is_interrupted() {
            stop.stop();
        }
        Ok(stop)
    }
}
