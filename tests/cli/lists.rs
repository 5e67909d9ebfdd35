//! Lists of one's own.

use super::*;

#[test]
fn lists_are_looked_for_too() {
    let evidence = Evidence::new();
    let log = evidence.add("ours.log", b"a 203.0.113.9 b\nc evil.example d\n198.51.100.77\n");
    let addresses = evidence.add("addresses.txt", b"# ours\n203.0.113[.]9\n198.51.100.0/24\n");
    let names = evidence.add("names.txt", b"hxxp://evil[.]example/\nevil[.]example\n");
    let lists = ["--indicators", &addresses, "--indicators", &names];
    let scan = |more: &[&str]| {
        program().args(["scan", "-o", "count"]).args(more).arg(&log).output().unwrap()
    };
    assert_eq!(stdout(&scan(&[])), "0\n");
    let output = scan(&lists);
    assert_eq!((code(&output), stdout(&output)), (0, "3\n"), "{}", stderr(&output));
    let both = [&lists[..], &["--no-builtin"]].concat();
    assert_eq!(stdout(&scan(&both)), "3\n");
    let builtin = program()
        .args(["scan", "-o", "count", "--no-builtin", "--indicators", &names])
        .arg(evidence.name("hit.log"))
        .output()
        .unwrap();
    assert_eq!((code(&builtin), stdout(&builtin)), (1, "0\n"));
}

#[test]
fn lines_that_are_no_indicator_are_named_and_the_scan_goes_on() {
    let evidence = Evidence::new();
    let mut list = "203.0.113.9\n# comment\n\nnot an indicator\nbad\x1b[2J\n".to_owned();
    for number in 0..20 {
        list += &format!("300.1.1.{number}\n");
    }
    let list = evidence.add("list.txt", list.as_bytes());
    let log = evidence.add("ours.log", b"a 203.0.113.9 b\n");
    let output = run(&["scan", "-o", "count", "--indicators", &list, &log]);
    assert_eq!(code(&output), 2);
    assert_eq!(stdout(&output), "1\n");
    let text = stderr(&output);
    assert!(text.contains(&format!("flaxscan: {list}:4: ")), "{text}");
    assert!(text.contains(": not an indicator\n"), "{text}");
    assert!(text.contains(&format!("flaxscan: {list}:5: ")), "{text}");
    assert!(text.contains(r": bad\x1b[2J"), "{text}");
    assert!(text.contains("and 12 more lines"), "{text}");
    assert_eq!(text.lines().count(), 11, "{text}");
}

#[test]
fn a_list_that_cannot_be_read_is_an_error_before_the_scan() {
    let evidence = Evidence::new();
    let missing = evidence.name("missing.txt");
    let output = run(&["scan", "--indicators", &missing, &evidence.name("hit.log")]);
    assert_eq!((code(&output), stdout(&output)), (2, ""));
    assert!(stderr(&output).contains(&missing));
    let empty = evidence.add("empty.txt", b"# nothing\n");
    let output = run(&["scan", "--no-builtin", "--indicators", &empty, &evidence.name("hit.log")]);
    assert_eq!((code(&output), stdout(&output)), (2, ""));
    assert!(stderr(&output).contains("nothing to look for"), "{}", stderr(&output));
}
