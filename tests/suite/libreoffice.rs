//! LibreOffice, as a clerk's computer has it: it opens a file and saves it in another form.

use std::process::Command;

/// A csv as Excel writes it in China: commas, quotes, GBK.
const GBK: &str = "csv:Text - txt - csv (StarCalc):44,34,67,1";
/// Files, each with its name, saved as .xlsx, .xls, .ods or (the first sheet, in GBK) .csv, in their order.
pub fn convert(files: &[(&str, &[u8])], to: &str) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let profile = format!(
        "-env:UserInstallation=file://{}/profile",
        folder.path().display()
    );
    let program = std::env::var("LIANXIAO_TEST_SOFFICE").unwrap_or_else(|_| "soffice".to_owned());
    let mut command = Command::new(program);
    let form = if to == "csv" { GBK } else { to };
    command.args([&profile, "--headless", "--convert-to", form, "--outdir"]);
    command
        .arg(folder.path().join("out"))
        .current_dir(folder.path());
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
        command.arg(name);
    }
    let output = command
        .output()
        .expect("LibreOffice (tests/tools, tool_libreoffice)");
    let converted = |(name, _): &(&str, &[u8])| {
        let stem = name.rsplit_once('.').map_or(*name, |(stem, _)| stem);
        let file = folder.path().join("out").join(format!("{stem}.{to}"));
        std::fs::read(&file).unwrap_or_else(|error| panic!("{name} as {to}: {error}: {output:?}"))
    };
    files.iter().map(converted).collect()
}
