//! Times flaxscan on compressed files beside bare decompression of the same files.
//!
//! Scanning is to be hidden behind decoding, so the measure is what the same crates take for
//! decoding alone, on as many threads: [`unpack`] is that, a command of this program.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

use crate::compare::prepare::{self, Bench};
use crate::corpus::Corpus;
use crate::process::find;
use crate::write::size;

/// What to compare on.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Size of the logs before they are compressed: 64M, 1G
    #[arg(long, default_value = "1G", value_parser = size)]
    size: u64,
    /// mixed, firewall-dns, zeek-dns or zeek-ssl
    #[arg(long, default_value = "mixed")]
    kind: Corpus,
    /// Files they are cut into
    #[arg(long, default_value_t = 16)]
    files: usize,
    /// Times each is run
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// The program to measure [default: a release build of this tree]
    #[arg(long)]
    flaxscan: Option<PathBuf>,
}

/// What to decompress.
#[derive(Debug, clap::Args)]
pub struct UnpackArgs {
    /// Threads, each with a file at a time
    #[arg(long, short = 'j', default_value_t = 2)]
    threads: usize,
    /// Files ending in .gz or .zst
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// `cargo xtask unpack`: decompresses and throws away.
pub fn unpack(args: &UnpackArgs) -> Result<()> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<u64> {
        let mut buffer = vec![0; 256 << 10];
        let mut total = 0;
        while let Some(path) = args.files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let file = BufReader::with_capacity(256 << 10, File::open(path)?);
            let mut reader: Box<dyn Read> = match path.extension().and_then(|name| name.to_str()) {
                Some("gz") => Box::new(MultiGzDecoder::new(file)),
                Some("zst") => Box::new(zstd::Decoder::with_buffer(file)?),
                _ => bail!("{}: neither .gz nor .zst", path.display()),
            };
            loop {
                match reader.read(&mut buffer)? {
                    0 => break,
                    count => total += count as u64,
                }
            }
        }
        Ok(total)
    };
    let total = thread::scope(|scope| {
        let threads: Vec<_> = (0..args.threads.max(1)).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_fold(0, |total, thread| match thread.join() {
            Ok(done) => Ok(total + done?),
            Err(_) => bail!("a thread panicked"),
        })
    })?;
    println!("{total}");
    Ok(())
}

/// A line of the table.
struct Row {
    name: &'static str,
    /// What it is to be divided by: a row's number, and how much of it is allowed.
    against: Option<(usize, &'static str)>,
    command: Vec<String>,
}

/// `cargo xtask compare-packed`.
pub fn compare(args: &Args) -> Result<()> {
    let bench = prepare::prepare_corpus(args.kind, args.size, args.flaxscan.as_deref())?;
    let dir = bench.dir.join(format!("packed-{}-{}-{}", args.kind, args.size, args.files));
    pack(&bench.corpus, &dir, args.files)?;
    let rows = rows(&bench, &dir)?;
    let mut times = vec![Vec::new(); rows.len()];
    for round in 0..=args.runs {
        for (row, times) in rows.iter().zip(&mut times) {
            let started = Instant::now();
            let mut command = Command::new(&row.command[0]);
            command.args(&row.command[1..]).stdin(Stdio::null());
            let done = command.stderr(Stdio::null()).output()?;
            if !matches!(done.status.code(), Some(0 | 1)) {
                bail!("{} ended with {}", row.name, done.status);
            }
            // The first round only warms up.
            if round > 0 {
                times.push(started.elapsed().as_secs_f64());
            }
        }
    }
    println!("{} in {} files; {} runs of each in turn", bench.counts, args.files, args.runs);
    let median = |times: &[f64]| {
        let mut times = times.to_vec();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    for (row, own) in rows.iter().zip(&times) {
        let best = own.iter().copied().fold(f64::INFINITY, f64::min);
        print!("{:34} median {:6.3} s  best {best:6.3} s", row.name, median(own));
        if let Some((other, wanted)) = row.against {
            let (median, name) = (median(own) / median(&times[other]), rows[other].name);
            let other = times[other].iter().copied().fold(f64::INFINITY, f64::min);
            print!("  {median:.2} × {name} (best {:.2}; wanted {wanted})", best / other);
        }
        println!();
    }
    Ok(())
}

fn rows(bench: &Bench, dir: &Path) -> Result<Vec<Row>> {
    let own = std::env::current_exe()?.display().to_string();
    let flaxscan = bench.flaxscan.display().to_string();
    let patterns = bench.patterns.display();
    let path = |name: &str| dir.join(name).display().to_string();
    let files = |name: &str| -> Result<Vec<String>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(dir.join(name))? {
            files.push(entry?.path().display().to_string());
        }
        files.sort();
        Ok(files)
    };
    let scan = |path: String| ["scan", "-o", "count", &path].map(str::to_owned).to_vec();
    let unpack = |threads: &str, files: Vec<String>| {
        let options = ["unpack", "-j", threads].map(str::to_owned);
        [options.to_vec(), files].concat()
    };
    let row = |name, against, program: &str, args: Vec<String>| Row {
        name,
        against,
        command: [vec![program.to_owned()], args].concat(),
    };
    let mut rows = vec![
        row("decoding gz, 2 threads", None, &own, unpack("2", files("gz")?)),
        row("flaxscan, gz", Some((0, "≤ 1.25")), &flaxscan, scan(path("gz"))),
        row("decoding zstd, 2 threads", None, &own, unpack("2", files("zst")?)),
        row("flaxscan, zstd", Some((2, "≤ 1.25")), &flaxscan, scan(path("zst"))),
        row("decoding one gz", None, &own, unpack("1", vec![path("one.gz")])),
        row("flaxscan, one gz", Some((4, "≤ 1.1")), &flaxscan, scan(path("one.gz"))),
    ];
    if let Some(rg) = find("rg") {
        let options = ["-z", "-c", "-w", "-F", "-f"].map(str::to_owned).to_vec();
        let args = [options, vec![patterns.to_string(), path("gz")]].concat();
        rows.push(row("rg -z, gz", Some((1, "≥ 3")), &rg.display().to_string(), args));
        if find("pigz").is_some() {
            let pipe =
                format!("pigz -dc {}/*.gz | {} -c -w -F -f {patterns}", path("gz"), rg.display());
            rows.push(row("pigz -dc | rg", Some((1, "≥ 3")), "sh", vec!["-c".to_owned(), pipe]));
        }
    }
    Ok(rows)
}

/// Cuts the corpus into parts at line ends and compresses them, unless that was done.
fn pack(corpus: &Path, dir: &Path, parts: usize) -> Result<()> {
    let done = dir.join("done");
    if done.exists() {
        return Ok(());
    }
    eprintln!("compressing into {}", dir.display());
    for name in ["gz", "zst"] {
        fs::create_dir_all(dir.join(name))?;
    }
    let text = fs::read(corpus).with_context(|| corpus.display().to_string())?;
    let mut rest = text.as_slice();
    for part in 0..parts.max(1) {
        let wanted = rest.len() / (parts.max(1) - part);
        let end = rest[wanted..].iter().position(|&byte| byte == b'\n');
        let (own, after) = rest.split_at(end.map_or(rest.len(), |end| wanted + end + 1));
        rest = after;
        let gz = File::create(dir.join(format!("gz/fw.log.{part:02}.gz")))?;
        write_gz(gz, own)?;
        let zst = File::create(dir.join(format!("zst/fw.log.{part:02}.zst")))?;
        zstd::stream::copy_encode(own, zst, 3)?;
    }
    write_gz(File::create(dir.join("one.gz"))?, &text)?;
    Ok(File::create(done).map(drop)?)
}

fn write_gz(out: impl Write, text: &[u8]) -> io::Result<()> {
    let mut encoder = GzEncoder::new(out, Compression::default());
    encoder.write_all(text)?;
    encoder.finish().map(drop)
}
