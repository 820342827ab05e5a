//! Prints programs, or writes each to a file, or says how long they take to make.
//!
//! ```console
//! $ cargo run -p refdrift-generate --example print -- 1 balanced 20
//! $ cargo run -p refdrift-generate --example print -- 1 balanced 20 FOLDER
//! $ cargo run --release -p refdrift-generate --example print -- 1 balanced 10000 time
//! ```

use std::time::Instant;

use refdrift_generate::{Generator, Profile};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |index: usize, default: &str| arguments.get(index).cloned().unwrap_or_else(|| default.to_owned());
    let seed = argument(0, "1").parse()?;
    let profile: Profile = argument(1, "balanced").parse()?;
    let count = argument(2, "3").parse::<u64>()?;
    let generator = Generator::new(seed, profile);
    let (start, mut lines, mut bytes) = (Instant::now(), 0, 0);
    for index in 0..count {
        let program = generator.program(index);
        let source = program.source();
        lines += program.lines();
        bytes += source.len();
        match arguments.get(3).map(String::as_str) {
            None => println!("# {profile} {index}\n{source}"),
            Some("time") => {}
            Some(folder) => std::fs::write(format!("{folder}/{profile}-{index}.py"), source)?,
        }
    }
    if arguments.get(3).is_some_and(|word| word == "time") {
        let each = start.elapsed().as_micros() as f64 / count as f64;
        println!("{each:.1} us, {} lines, {} bytes a program", u64::from(lines) / count, bytes as u64 / count);
    }
    Ok(())
}
