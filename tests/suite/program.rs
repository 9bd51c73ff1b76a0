//! The program as a whole: the README's lines, the demo, ends and kills.

use crate::database::on_postgres;
use crate::process::{Running, admin, clerk, program, program_folder, serve, serve_on};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Stdio};

const README: &str = include_str!("../../README.md");

/// The fenced blocks of the README whose fence says `kind`.
fn blocks(kind: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = README.lines();
    while let Some(line) = lines.next() {
        if line == format!("```{kind}") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(body.join("\n"));
        }
    }
    blocks
}

/// Runs shell lines with the program and grpcurl at hand; what they print.
fn shell(script: &str, environment: &[(String, String)]) -> String {
    let grpcurl = std::env::var("GRPCURL").expect("tests/run installs grpcurl and says where");
    let grpcurl = Path::new(&grpcurl).parent().unwrap().to_owned();
    let path = std::env::var("PATH").unwrap();
    let path = format!(
        "{}:{}:{path}",
        program_folder().display(),
        grpcurl.display()
    );
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .env("PATH", path)
        .envs(environment.iter().cloned())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{said}\n{complaint}");
    said
}

fn export(line: &str, name: &str) -> Option<String> {
    let value = line.strip_prefix(&format!("export {name}="))?;
    Some(
        value
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned(),
    )
}

#[test]
fn the_grpcurl_lines_of_the_readme_do_what_it_says() {
    let demo = Running::start(program().args(["demo", "--listen", "127.0.0.1:0"]));
    let exports: Vec<(String, String)> = ["HUB", "OFFICE", "CLERK", "CAMPUS"]
        .map(|name| (name.to_owned(), demo.line(|line| export(line, name))))
        .to_vec();
    let answers: Vec<String> = blocks("sh")
        .iter()
        .map(|block| shell(block, &exports))
        .collect();
    let [
        listed,
        described,
        pushed,
        refused,
        pulled,
        watched,
        office,
        terminal,
        words,
        people,
    ] = &answers[..]
    else {
        panic!("the README has {} blocks", answers.len())
    };
    assert!(listed.contains("lianxiao.v1.OfficeService"), "{listed}");
    assert!(
        listed.contains("what one canteen of a campus means to serve"),
        "{listed}"
    );
    assert!(described.contains("河海教育集团"), "{described}");
    assert_eq!(pushed.matches("OUTCOME_APPLIED").count(), 2, "{pushed}");
    assert!(refused.contains("DATE_INVALID"), "{refused}");
    assert!(
        refused.contains("put.content.session.days[0].date"),
        "{refused}"
    );
    assert!(
        pulled.contains("红烧狮子头") && pulled.contains("checkpoint"),
        "{pulled}"
    );
    assert!(watched.contains("可乐鸡翅"), "{watched}");
    for figure in ["○ 迟报", "可能含有", "各校教研", "交流台账", "【催报】"] {
        assert!(terminal.contains(figure), "{figure}: {terminal}");
    }
    assert!(office.contains("MENU_STANDING_STATE_LATE"), "{office}");
    assert!(office.contains("MENU_STANDING_STATE_MISSING"), "{office}");
    assert_eq!(words.matches("OUTCOME_APPLIED").count(), 11, "{words}");
    assert!(words.contains("\"firstDate\": \"2025-09-01\""), "{words}");
    assert!(people.contains("\"displayName\""), "{people}");
    assert!(people.contains("\"versions\""), "{people}");
    let again = shell(&blocks("sh")[2], &exports);
    assert_eq!(again.matches("\"replayed\": true").count(), 2, "{again}");
}

#[test]
fn the_readme_reads_a_line_of_a_chat() {
    let said = shell(&blocks("sh reading")[0], &[]);
    let document: serde_json::Value = serde_json::from_str(&said).unwrap();
    let session = &document["contents"][0]["content"]["session"];
    assert_eq!(session["days"][0]["date"], "2026-05-12");
    assert_eq!(document["doubts"][0]["code"], "YEAR_MISSING");
}

#[test]
fn the_lines_that_the_demo_prints_work_when_pasted() {
    let demo = Running::start(program().args(["demo", "--listen", "127.0.0.1:0"]));
    let pasted = |line: &str| line.starts_with("grpcurl").then(|| line.to_owned());
    let lines: Vec<String> = (0..3).map(|_| demo.line(pasted)).collect();
    assert!(shell(&lines[0], &[]).contains("MENU_STANDING_STATE_ON_TIME"));
    assert!(shell(&lines[1], &[]).contains("checkpoint"));
    let watch = format!("timeout 2 {} || [ $? = 124 ]", lines[2]);
    assert!(shell(&watch, &[]).contains("checkpoint"));
}

#[test]
fn the_demo_ends_with_status_0_when_the_figures_are_the_scripts() {
    let demo = program()
        .args(["demo", "--exit", "--listen", "127.0.0.1:0"])
        .output()
        .unwrap();
    let said = String::from_utf8(demo.stdout).unwrap();
    assert!(demo.status.success(), "{said}");
    assert!(said.contains("○ 迟报") && said.contains("✗ 未报"), "{said}");
}

#[test]
fn the_operators_lines_of_the_readme_make_a_group_whose_clerk_joins() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hub");
    let block = blocks("sh operator")
        .remove(0)
        .replace("/tmp/hub", data.to_str().unwrap());
    let serve = Running::start(
        program()
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data),
    );
    let hub = serve.line(|line| line.strip_prefix("listening on ").map(str::to_owned));
    // The block starts a hub of its own in the background; here it runs already.
    let (_, admin) = block.split_once("&\n").unwrap();
    let script = format!(
        "{admin}\ngrpcurl -plaintext -H \"authorization: Bearer $OFFICE\" {hub} lianxiao.v1.HubService/Describe\n\
         lianxiao admin --data {} group list",
        data.display()
    );
    let said = shell(&script, &[]);
    assert!(
        said.contains("joined 河海教育集团: 春风分校, 总务处"),
        "{said}"
    );
    assert!(said.contains("已同步到位置 1"), "{said}");
    assert!(
        said.contains("集团办") && said.contains("PLACE_KIND_OFFICE"),
        "{said}"
    );
    assert!(
        said.lines().last().unwrap().ends_with("河海教育集团"),
        "{said}"
    );
    assert!(serve.end_with("TERM"));
    assert!(!data.join("admin.sock").exists());
}

#[test]
fn the_schools_lines_of_the_readme_bring_a_sheet_to_the_hub_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hub");
    let (_hub, address) = serve(&data);
    let sheet = "日期,活动主题,地点,主备人\n2026-05-12,六年级数学集体备课,三楼录播室,张老师\n";
    std::fs::write(folder.path().join("教研安排.csv"), sheet).unwrap();
    let script = format!("cd {}\n{}", folder.path().display(), blocks("sh school")[0]);
    let environment = [
        ("LIANXIAO_HUB", format!("http://{address}")),
        ("LIANXIAO_TOKEN", clerk(&data)),
        ("LIANXIAO_LANG", "zh".to_owned()),
    ];
    let said = shell(
        &script,
        &environment.map(|(name, value)| (name.to_owned(), value)),
    );
    assert!(
        said.contains("已收  教研活动 六年级数学集体备课 通知"),
        "{said}"
    );
    let (_, again) = said.rsplit_once("已同步到位置").unwrap();
    assert!(
        again.contains("无变化") && !again.contains("已录入"),
        "{said}"
    );
}

#[test]
fn a_second_hub_on_the_same_data_folder_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut serve = program();
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path());
    let first = Running::start(&mut serve);
    first.line(|line| line.starts_with("listening").then_some(()));
    let second = serve.stderr(Stdio::piped()).output().unwrap();
    let complaint = String::from_utf8_lossy(&second.stderr);
    assert!(!second.status.success());
    assert!(
        complaint.contains("in use by another process"),
        "{complaint}"
    );
    assert!(first.end_with("INT"));
}

#[test]
fn whatever_the_program_writes_is_its_users_alone_in_a_folder_that_is_open_to_all() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (folder.path().join("hub"), folder.path().join("copy.db"));
    std::fs::create_dir(&data).unwrap();
    for open in [folder.path(), &data] {
        std::fs::set_permissions(open, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let (_hub, address) = serve(&data);
    let token = clerk(&data);
    let mut sync = program();
    let hub = format!("http://{address}");
    sync.args(["campus", "--hub", &hub, "--data"]).arg(&copy);
    let synced = sync.arg("sync").env("LIANXIAO_TOKEN", token).output();
    assert!(synced.unwrap().status.success());
    let mut wanted = vec![data.join("lock"), copy];
    if !on_postgres() {
        let backup = folder.path().join("backup.db");
        admin(&data, &["backup", backup.to_str().unwrap()]);
        wanted.extend([
            backup,
            data.join("lianxiao.db"),
            data.join("lianxiao.db-wal"),
        ]);
    }
    let mode = |file: &Path| std::fs::metadata(file).unwrap().mode() & 0o777;
    for file in wanted {
        assert_eq!(
            mode(&file) & 0o077,
            0,
            "{} is {:o}",
            file.display(),
            mode(&file)
        );
    }
}

#[test]
fn a_hub_has_as_many_files_as_the_system_grants() {
    let folder = tempfile::tempdir().unwrap();
    let few = "ulimit -Sn 256 && exec lianxiao \"$@\"";
    let path = format!(
        "{}:{}",
        program_folder().display(),
        std::env::var("PATH").unwrap()
    );
    let mut shell = Command::new("bash");
    shell.env("PATH", path).args(["-c", few, "bash", "serve"]);
    let (hub, _) = serve_on("127.0.0.1:0", folder.path(), &mut shell);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", hub.pid())).unwrap();
    let files = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let mut files = files.expect("a limit").split_whitespace();
    assert_eq!(files.next(), files.next(), "the soft limit is the hard one");
}

#[test]
fn a_command_line_that_cannot_be_read_ends_with_status_64() {
    let wrong = program().args(["serve", "--lisen", "x"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(64));
    let help = program().arg("--help").output().unwrap();
    assert_eq!(help.status.code(), Some(0));
    let no_hub = program()
        .args(["admin", "--data", "/nonexistent", "group", "list"])
        .output()
        .unwrap();
    assert_eq!(no_hub.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&no_hub.stderr).contains("lianxiao serve"));
}
