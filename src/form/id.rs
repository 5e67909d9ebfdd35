//! Identifiers that are the same each time (RFC 9562, UUID version 5).

use uuid::{Uuid, uuid};

/// The namespace of what flaxscan names itself.
pub(super) const OWN: Uuid = uuid!("3c7e9a52-6a0f-4c1b-9d3e-5f1a7b0e24d8");

/// The namespace of STIX Cyber-observable Objects (STIX 2.1, 2.9).
pub(super) const STIX: Uuid = uuid!("00abedb4-aa42-466c-9c01-fed23315a9b7");
