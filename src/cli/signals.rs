//! Ctrl-C: the first ends the scan in good order, the second ends the program.
//!
//! The handlers themselves only set flags; a thread does the rest, where it is allowed to lock.

use std::io::PipeReader;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::SeqCst;

use flaxscan::input::Interrupt;

/// The signal that came, if one did.
#[derive(Debug, Clone, Default)]
pub struct Caught {
    number: Arc<AtomicU8>,
    /// At its end as soon as one came; where signals are not caught, there is none.
    pub notice: Option<Arc<PipeReader>>,
}

impl Caught {
    /// Its number.
    pub fn signal(&self) -> Option<u8> {
        Some(self.number.load(SeqCst)).filter(|&signal| signal > 0)
    }
}

/// Makes SIGINT and SIGTERM end what `interrupt` belongs to. Where that cannot be done, they end
/// the program at once, as they would anyway.
#[cfg(unix)]
pub fn interrupt_on_signal(interrupt: &Interrupt) -> Caught {
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag;
    use signal_hook::iterator::Signals;

    let mut caught = Caught::default();
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return caught };
    // Until somebody waits for the first, it is as good as the second.
    let is_second = Arc::new(AtomicBool::new(true));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the one that sets the flag must not find it set.
        let _ = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&is_second));
        let _ = flag::register(signal, Arc::clone(&is_second));
    }
    let Ok((reader, writer)) = std::io::pipe() else { return caught };
    let (interrupt, number) = (interrupt.clone(), Arc::clone(&caught.number));
    let wait = move || {
        if let Some(signal) = signals.forever().next() {
            number.store(u8::try_from(signal).unwrap_or(SIGINT as u8), SeqCst);
            interrupt.interrupt();
        }
        // Last: who notices must find the scan interrupted.
        drop(writer);
    };
    if std::thread::Builder::new().name("signals".to_owned()).spawn(wait).is_ok() {
        caught.notice = Some(Arc::new(reader));
        is_second.store(false, SeqCst);
    }
    caught
}

/// Elsewhere Ctrl-C ends the program at once.
#[cfg(not(unix))]
pub fn interrupt_on_signal(_: &Interrupt) -> Caught {
    Caught::default()
}
