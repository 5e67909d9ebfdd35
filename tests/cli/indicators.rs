//! `flaxscan indicators`.

use super::*;

fn csv(output: &Output) -> Vec<&str> {
    assert_eq!(code(output), 0, "{}", stderr(output));
    let text = stdout(output);
    assert!(text.ends_with("\r\n"));
    text.split_terminator("\r\n").collect()
}

#[test]
fn indicators_are_listed() {
    let all = run(&["indicators", "list", "-o", "csv"]);
    let rows = csv(&all);
    assert_eq!(
        rows[0],
        "type,value,first_seen,last_seen,role,campaign,confidence,source,note,class"
    );
    // A row for each claim.
    assert!(rows.len() > 1100, "{}", rows.len());
    assert!(rows.iter().any(|row| row.starts_with(
        "domain,k3121.com,2020-05-01,2022-04-30,C2 root domain,Crossbill,high,lumen-2024-09,"
    )));
    assert!(rows.iter().any(|row| row.ends_with(",sanctioned-entity")));
    let domains = run(&["indicators", "list", "--type", "domain", "--type", "ipv4", "-o", "csv"]);
    let domains = csv(&domains);
    assert!(domains.len() > 900);
    assert!(domains[1..].iter().all(|row| row.starts_with("domain,") || row.starts_with("ipv4,")));
    let lumen = run(&["indicators", "list", "--source", "lumen-2024-09", "-o", "csv"]);
    assert!(csv(&lumen)[1..].iter().all(|row| row.contains(",lumen-2024-09,")));
    let json = run(&["indicators", "list", "-o", "json"]);
    for line in stdout(&json).lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(record["value"].is_string() && record["claims"][0]["source"].is_string());
    }
    let table = run(&["indicators", "list", "--type", "domain"]);
    let mut lines = stdout(&table).lines();
    assert!(lines.next().unwrap().starts_with("TYPE "));
    assert!(lines.all(|line| line.starts_with("domain ")));
}

#[test]
fn cells_of_a_list_are_no_formulas() {
    let evidence = Evidence::new();
    let list = evidence.add("=list.txt", b"evil.example\n");
    let directory = Path::new(&list).parent().unwrap();
    let output = program()
        .current_dir(directory)
        .args(["indicators", "list", "--no-builtin", "--indicators", "=list.txt", "-o", "csv"])
        .output()
        .unwrap();
    assert_eq!(csv(&output)[1], "domain,evil.example,,,,,unspecified,'=list.txt,,infrastructure");
}

#[test]
fn sources_are_listed() {
    let output = run(&["indicators", "sources", "-o", "csv"]);
    let rows = csv(&output);
    assert_eq!(rows[0], "key,publisher,publication,published,citation,indicators");
    assert!(rows.iter().any(|row| row.starts_with("lumen-2024-09,Lumen")), "{rows:?}");
    let output = run(&["indicators", "sources", "-o", "json"]);
    for line in stdout(&output).lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(record["indicators"].as_u64().unwrap() > 0);
    }
    assert!(stdout(&run(&["indicators", "sources"])).starts_with("SOURCE "));
}

#[test]
fn an_unknown_kind_or_source_names_the_choices() {
    let output = run(&["indicators", "list", "--type", "ip"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("ipv4, ipv6, cidr, domain"), "{}", stderr(&output));
    let output = run(&["indicators", "list", "--source", "nobody"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("lumen-2024-09"), "{}", stderr(&output));
}
