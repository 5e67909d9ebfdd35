//! AVX2 and AVX-512: which of them the processor has, and the ways into code compiled for them.

mod avx2;
mod avx512;
mod dots;

use std::arch::is_x86_feature_detected;

use self::avx2::Avx2;
use self::avx512::Avx512;
use super::Work;

/// Whether the processor has what [`run_avx2`] is compiled for.
pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// Whether the processor has what [`run_avx512`] is compiled for beside AVX2.
pub(super) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("avx512vpopcntdq")
        && is_x86_feature_detected!("gfni")
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn run_avx2<W: Work>(work: W) -> W::Output {
    work.run::<Avx2>()
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
#[target_feature(enable = "avx512vbmi,avx512vbmi2,avx512vpopcntdq,gfni")]
pub(super) fn run_avx512<W: Work>(work: W) -> W::Output {
    work.run::<Avx512>()
}
