//! Every level against what is meant, and against the portable twin.

use proptest::prelude::*;

use super::screen::{AT_ONCE, Places, Room, RoomBits, SLACK};
use super::{BLOCK, CheckedLevel, Classify, MAX_DOTS, ROOM, ROW, SimdLevel, Work};
use crate::index::{BitTable, NameKey, Upper};

fn levels() -> impl Iterator<Item = CheckedLevel> {
    SimdLevel::available().into_iter().map(|level| CheckedLevel::new(level).unwrap())
}

struct PlacesOf<'a>(&'a [u64; ROW], usize);

impl Work for PlacesOf<'_> {
    type Output = Vec<u16>;

    #[inline(always)]
    fn run<C: Classify>(self) -> Vec<u16> {
        let mut places: Box<Places> = Box::new([7; MAX_DOTS + SLACK]);
        let count = C::places(self.0, 128, &mut places, self.1);
        assert!(places[..self.1].iter().all(|&place| place == 7), "others were written over");
        let mut places = places[self.1..count].to_vec();
        places.sort_unstable();
        places
    }
}

struct Numbers<'a>(&'a Room, &'a [u16], &'a Upper);

impl Work for Numbers<'_> {
    type Output = Vec<u16>;

    #[inline(always)]
    fn run<C: Classify>(self) -> Vec<u16> {
        let mut kept: Box<Places> = Box::new([0; MAX_DOTS + SLACK]);
        let count = C::screen_numbers(self.0, self.1, self.2, &mut kept, 0);
        kept[..count].to_vec()
    }
}

struct Names<'a>((&'a Room, &'a RoomBits), &'a [u16], &'a BitTable);

impl Work for Names<'_> {
    type Output = Vec<u16>;

    #[inline(always)]
    fn run<C: Classify>(self) -> Vec<u16> {
        let mut kept: Box<Places> = Box::new([0; MAX_DOTS + SLACK]);
        let count = C::screen_names(self.0, self.1, self.2, &mut kept, 0);
        kept[..count].to_vec()
    }
}

/// `text` over and over, from `shift` on, and the places of its dots away from the ends.
fn room_of(text: &[u8], shift: usize) -> (Box<Room>, Vec<u16>) {
    let mut room = Box::new([b' '; ROOM]);
    for (byte, &text) in room[shift..].iter_mut().zip(text.iter().cycle()) {
        *byte = text;
    }
    let dots = (BLOCK..ROOM - BLOCK).filter(|&at| room[at] == b'.').map(|at| at as u16).collect();
    (room, dots)
}

/// The last dots of all names, and whether the name is every other one of `names` or below it.
fn all_ends<'a>(room: &'a Room, names: &'a [String]) -> impl Iterator<Item = (u16, bool)> + 'a {
    let inside = BLOCK..ROOM - BLOCK;
    let dots = inside.filter(|&at| room[at] == b'.');
    dots.filter_map(move |dot| {
        let rest = room[dot + 1..].iter().position(|&byte| byte == b' ')?;
        let start = room[..dot].iter().rposition(|&byte| byte == b' ')? + 1;
        let name = std::str::from_utf8(&room[start..dot + 1 + rest]).ok()?;
        let is_last = !name[dot + 1 - start..].contains('.');
        let is = |known: &String| name == known || name.ends_with(&format!(".{known}"));
        is_last.then(|| (dot as u16, names.iter().step_by(2).any(is)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn places_are_those_of_the_bits(
        mut words in proptest::array::uniform8(any::<u64>()),
        others in proptest::array::uniform8(any::<u64>()),
        is_sparse: bool,
        before in 0..MAX_DOTS - 600,
    ) {
        if is_sparse {
            for (word, other) in words.iter_mut().zip(others) {
                *word &= other & other.rotate_left(17) & other.rotate_left(40);
            }
        }
        let expected: Vec<u16> = (0..512_u16)
            .filter(|at| words[usize::from(at / 64)] >> (at % 64) & 1 != 0)
            .map(|at| 128 + at)
            .collect();
        for level in levels() {
            prop_assert_eq!(&level.run(PlacesOf(&words, before)), &expected, "{:?}", level);
        }
    }

    #[test]
    fn an_address_is_kept_where_its_first_octets_are_in_the_table(
        octets in proptest::collection::vec(any::<[u8; 4]>(), 1..20),
        known in proptest::collection::vec(any::<[u8; 2]>(), 0..4),
        between in proptest::sample::select(vec![" ", "=", ":8", "/x", " 7 ", "\t:", "9=", "a,"]),
        is_padded: bool,
        shift in 0_usize..70,
    ) {
        let mut upper: Box<Upper> = Box::new([0; 1024]);
        let mut is_known = vec![false; octets.len()];
        let first = octets.iter().step_by(3).map(|&[a, b, ..]| [a, b]);
        for [a, b] in first.chain(known) {
            let number = u16::from_be_bytes([a, b]);
            upper[usize::from(number >> 6)] |= 1 << (number & 63);
        }
        let mut text = String::new();
        let mut quads = Vec::new();
        for ([a, b, c, d], known) in octets.iter().zip(&mut is_known) {
            let number = u16::from_be_bytes([*a, *b]);
            *known = upper[usize::from(number >> 6)] >> (number & 63) & 1 != 0;
            text += if between.ends_with(|last: char| last.is_ascii_digit()) { "= " } else { between };
            let start = text.len();
            text += &if is_padded {
                format!("{a:03}.{b:03}.{c:03}.{d:03}")
            } else {
                format!("{a}.{b}.{c}.{d}")
            };
            quads.push((start + text[start..].find('.').unwrap(), *known));
        }
        text += " ";
        let (room, _) = room_of(text.as_bytes(), shift);
        let places = quads.iter().flat_map(|&(dot, known)| {
            let all = (shift + dot..ROOM - BLOCK).step_by(text.len());
            all.filter(|&at| at >= BLOCK).map(move |at| (at as u16, known))
        });
        let places: Vec<(u16, bool)> = places.collect();
        let dots: Vec<u16> = places.iter().map(|place| place.0).collect();
        let expected: Vec<u16> =
            places.iter().filter(|place| place.1).map(|place| place.0).collect();
        for level in levels() {
            prop_assert_eq!(&level.run(Numbers(&room, &dots, &upper)), &expected, "{:?}", level);
        }
    }

    #[test]
    fn every_level_keeps_the_same_names(
        names in proptest::collection::vec("[a-zA-Z0-9_-]{1,12}\\.[a-z]{1,3}", 1..12),
        long in "[a-z0-9-]{50,70}\\.com",
        shift in 0_usize..70,
        any_places in proptest::collection::vec(any::<u16>(), 0..20),
    ) {
        let text = format!("{} {long} ", names.join(" www."));
        let mut table = BitTable::with_capacity(100);
        for name in names.iter().step_by(2) {
            table.insert(NameKey::of(name.as_bytes()).into());
        }
        let (room, dots) = room_of(text.as_bytes(), shift);
        let mut label = Box::new([0_u64; ROOM / BLOCK]);
        for (at, byte) in room.iter().enumerate() {
            let is_label = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            label[at / 64] |= u64::from(is_label) << (at % 64);
        }
        let label = Box::new(label.map(u64::to_le));
        let mut expected = None;
        for level in levels() {
            let kept = level.run(Names((&room, &label), &dots, &table));
            for (at, known) in all_ends(&room, &names) {
                prop_assert!(!known || kept.contains(&at), "{:?}: not kept: {}", level, at);
            }
            prop_assert_eq!(&kept, expected.get_or_insert_with(|| kept.clone()), "{:?}", level);
            // Whatever the places are, nothing else is read.
            level.run(Names((&room, &label), &any_places, &table));
            level.run(Numbers(&room, &any_places, &[u64::MAX; 1024]));
        }
    }
}

#[test]
fn a_row_that_is_not_full_is_asked_for_what_it_has() {
    let (room, dots) = room_of(b"10.1.2.3 www.example.org ", 0);
    for level in levels() {
        for len in 0..3 * AT_ONCE {
            let kept = level.run(Numbers(&room, &dots[..len], &[u64::MAX; 1024]));
            assert_eq!(kept, &dots[..len], "{level:?}");
        }
    }
}
