//! What pages and workbooks show, held against what was counted by hand.

use super::menus::{
    ALL_REPORTING, ALL_TIMELINESS, AMENDED, BY_WEEK, COUNTS, DAYS, LEADS, REASONS, REPORTING,
    STATES, TIMELINESS,
};
use super::play::{ACTS, CLAIM, Term, WEEKS};
use super::tables::{DOORS, Table, page, range, rate, report, texts, titled, workbook};
use super::{exchanges, menus, sessions, standing};
use crate::console::browser::Browser;
use crate::harness::{HEAD, LAKE, SPRING};
use crate::wishes::id;
use lianxiao::wire::v1::ChaseReason as Reason;

const TERM: &str = "from=2026-05-11&to=2026-07-03";

async fn office(term: &Term) -> Browser {
    Browser::signed_in(&term.hub, &term.hub.group.office).await
}

/// A row of cells as in `menus::STATES`: the sign of each, ● for what is excused.
fn signs<'a>(cells: impl IntoIterator<Item = &'a &'a str>) -> String {
    let sign = |cell: &&str| match cell.contains("已核准") {
        true => '●',
        false => cell.chars().next().expect("a sign"),
    };
    cells.into_iter().map(sign).collect()
}

#[tokio::test]
async fn the_matrix_of_the_term_is_shown_as_it_was_counted_by_hand() {
    let term = Term::over().await;
    let office = office(&term).await;
    for door in DOORS {
        let tables = report(&office, door, "matrix", TERM).await;
        let matrix = titled(&tables, "食谱上报");
        let weeks = matrix.below(&WEEKS);
        let states: Vec<String> = weeks.iter().take(3).map(signs).collect();
        assert_eq!(states, STATES, "{door:?}");
        assert_eq!(weeks[3], BY_WEEK.map(rate));
        let counted = [
            "按时",
            "迟报",
            "已核准",
            "不全",
            "未报",
            "首发按时",
            "未到期",
        ];
        let all = menus::ALL;
        for (row, [on_time, late, excused, incomplete, missing, _, first]) in matrix
            .below(&counted)
            .iter()
            .zip(COUNTS.iter().chain([&all]))
        {
            let counts = [*on_time, *late, *excused, *incomplete, *missing, *first, 0];
            assert_eq!(*row, texts(counts));
        }
        let rates = REPORTING.into_iter().zip(TIMELINESS);
        let rates = rates.chain([(ALL_REPORTING, ALL_TIMELINESS)]);
        let rates: Vec<[String; 2]> = rates.map(|(a, b)| [rate(a), rate(b)]).collect();
        assert_eq!(matrix.below(&["上报率", "按时率"]), rates);
        let amended = matrix.below(&["调整", "当日调整", "调整/已报日"]);
        let [made, same_day] = texts(AMENDED);
        assert_eq!(amended[3], [made.as_str(), same_day.as_str(), "2/86"]);
        let counts = REASONS.map(|(_, count)| count.to_string());
        let [out_of_stock, swapped] = &counts;
        let reasons = [
            ["缺货 out of stock", out_of_stock],
            ["对调 swapped", swapped],
        ];
        assert_eq!(titled(&tables, "调整原因").read(), reasons);
        cells(&tables);
    }
}

/// What is told cell by cell.
fn cells(tables: &[Table]) {
    let all = titled(tables, "逐格");
    // Two cells of 滨湖分校's are no members', and it has three before it joined.
    assert_eq!(all.rows.len(), 8 + 8 + 5);
    let row = |campus: &str, week: &str| {
        let found = all.rows.iter().find(|row| row[..2] == [campus, week]);
        found.unwrap_or_else(|| panic!("no {campus} {week}"))
    };
    for (campus, week, [first, first_days, lead, lead_days]) in LEADS {
        let row = row(campus, week);
        assert_eq!(
            [&row[7], &row[8], &row[10], &row[11]],
            [first, first_days, lead, lead_days]
        );
    }
    assert_eq!(row(SPRING, "2026-06-15")[3..5], ["4/5", "2026-06-14"]);
    assert_eq!(row(HEAD, "2026-05-11")[5], "2026-05-09 18:00");
    let late = titled(tables, "迟报").read();
    assert_eq!(
        late,
        [
            [
                SPRING,
                "2026-05-25",
                "2026-05-22 18:00",
                "2026-05-25 07:00",
                CLAIM,
                "",
                &id("spring 2026-05-25")
            ],
            [
                SPRING,
                "2026-06-01",
                "2026-05-29 18:00",
                "2026-05-29 20:00",
                "",
                "供货变动 supply",
                &id("spring 2026-06-01")
            ],
        ]
    );
}

#[tokio::test]
async fn by_day_and_on_the_table_it_is_shown_too() {
    let term = Term::over().await;
    let office = office(&term).await;
    let dates = [
        "2026-05-18",
        "2026-05-19",
        "2026-05-20",
        "2026-05-21",
        "2026-05-22",
    ];
    let more = [
        "2026-05-25",
        "2026-05-26",
        "2026-05-27",
        "2026-05-28",
        "2026-05-29",
    ];
    for door in DOORS {
        let tables = report(&office, door, "days", "from=2026-05-18&to=2026-05-29").await;
        let matrix = titled(&tables, "食谱上报");
        // The weekend between is nobody's, and is no column.
        let rows = matrix.below(&[dates, more].concat());
        let rows: Vec<String> = rows.iter().take(2).map(signs).collect();
        assert_eq!(rows, DAYS.map(|days| [&days[..15], &days[21..]].concat()));
        assert_eq!(
            matrix.below(&["上报率", "按时率"])[2],
            [rate([18, 18]), rate([13, 18])]
        );
        let tables = report(&office, door, "table", "from=2026-05-20").await;
        let meals = titled(&tables, "餐桌").below(&["日期", "学校", "情况", "菜品"]);
        assert_eq!(
            meals,
            [
                ["2026-05-20", HEAD, "已公布 announced", "红烧狮子头"],
                ["2026-05-20", SPRING, "停餐 no service", ""],
            ]
        );
        let tables = report(&office, door, "table", "from=2026-05-27&to=2026-05-27").await;
        let guesses = titled(&tables, "过敏原").below(&["学校", "来源", "过敏原", "菜品"]);
        assert_eq!(
            guesses[0],
            [HEAD, "可能含有 a guess", "鱼 (fish)", "清蒸鲈鱼"]
        );
    }
}

#[tokio::test]
async fn sessions_are_shown_as_they_were_counted_by_hand() {
    let term = Term::over().await;
    let office = office(&term).await;
    for door in DOORS {
        let tables = report(&office, door, "sessions", "from=2026-05-06&to=2026-07-03").await;
        let coverage = titled(&tables, "应备课覆盖");
        let shown = coverage.below(&["学科", "学校", "每学期应有", "已举行", "计划"]);
        let expected = sessions::COVERAGE.map(|(subject, campus, asked, held, planned)| {
            let [asked, planned] = texts([asked, planned]);
            [
                subject.to_owned(),
                campus.to_owned(),
                asked,
                range(held),
                planned,
            ]
        });
        assert_eq!(shown[..5], expected);
        let shares = coverage.below(&["已举行"])[5..].concat();
        assert_eq!(shares, sessions::COVERED.map(|held| range(held) + "/5"));
        campuses(titled(&tables, "各校教研"));
        let forms = titled(&tables, "按形式");
        let (persons, times) = sessions::FUNCTIONS;
        let expected: Vec<Vec<String>> = (["集体备课 joint prep", "培训 training"].iter())
            .zip(sessions::FORMS)
            .map(|(form, (_, count))| [&[(*form).to_owned()][..], &texts(count)].concat())
            .collect();
        assert_eq!(forms.read()[..2], expected);
        assert!(forms.rows[2][0].ends_with(&format!("：{} 人 people", range(persons))));
        assert_eq!(forms.rows[2][2], format!("{times} 人次 times"));
        let [(_, plans), (_, slides)] = sessions::PRODUCTS;
        let [plans, slides] = texts([plans, slides]);
        let products = [["教案 plan", &plans], ["课件 slides", &slides]];
        assert_eq!(titled(&tables, "成果").read(), products);
        let silent = [
            LAKE,
            "2026-06-09",
            "五年级语文备课 2026-06-09",
            "",
            &id("session 2"),
        ];
        assert_eq!(titled(&tables, "未报考勤").read(), [silent]);
    }
}

/// Hosting, participation and products, campus by campus, by part in the group, and of all.
fn campuses(shown: &Table) {
    let hosting = |count: [i32; 4]| {
        [
            texts(count).join("/"),
            rate([count[1], sessions::ALL_HOSTED[1]]),
        ]
    };
    let by_part = sessions::HOSTED
        .iter()
        .chain(&sessions::HOSTED)
        .chain([&sessions::ALL_HOSTED]);
    let expected: Vec<[String; 2]> = by_part.map(|count| hosting(*count)).collect();
    assert_eq!(shown.below(&["承办", "承办占比"]), expected);
    let came = |([asked, reported, expected, times], persons): ([i32; 4], Option<i32>)| {
        let [asked, reported, shown_times] = texts([asked, reported, times]);
        let persons = persons.map_or_else(|| "未知 n/k".to_owned(), |persons| persons.to_string());
        [
            asked,
            reported,
            rate([times, expected]),
            shown_times,
            persons,
        ]
    };
    let rows = shown.below(&["应报考勤", "已报", "参与率", "人次", "人数"]);
    let expected = sessions::CAME.map(|(_, numbers, persons)| came((numbers, persons)));
    assert_eq!(rows[..3], expected);
    assert_eq!(rows[6], came((sessions::ALL_CAME, None)));
    assert_eq!(
        shown.below(&["成果"]).concat(),
        ["3", "0", "0", "", "", "", "3"]
    );
}

/// Working time in full-time teachers.
fn full_time(percent: i32) -> String {
    let sign = if percent < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", percent.abs() / 100, percent.abs() % 100)
}

#[tokio::test]
async fn exchanges_are_shown_as_they_were_counted_by_hand() {
    let term = Term::over().await;
    let office = office(&term).await;
    for door in DOORS {
        let tables = report(&office, door, "exchanges", "date=2026-06-30").await;
        let campuses = titled(&tables, "交流台账");
        let side = |[movements, least, most, percent]: [i32; 4]| {
            [
                movements.to_string(),
                range([least, most]),
                full_time(percent),
            ]
        };
        let row = |name: &str, out: [i32; 4], r#in: [i32; 4], [net, net_percent]: [i32; 2]| {
            let year = format!("{}/{}", out[0], r#in[0]);
            let net = [net.to_string(), full_time(net_percent), year.clone(), year];
            [&[name.to_owned()][..], &side(out), &side(r#in), &net].concat()
        };
        let rows = exchanges::MOVED.map(|(name, out, r#in, net)| match name {
            "" => row("集团外 outside", out, r#in, net),
            name => row(name, out, r#in, net),
        });
        assert_eq!(campuses.read()[..4], rows, "{door:?}");
        assert_eq!(
            campuses.read()[4],
            row("合计 total", exchanges::ALL, exchanges::ALL, [0, 0])
        );
        let moved = titled(&tables, "学年交流");
        assert_eq!(
            moved.below(&["姓名", "原单位", "交流单位", "占比%", "当日在岗"]),
            [
                ["甲老师", HEAD, SPRING, "100", "是 yes"],
                ["乙老师", SPRING, HEAD, "40", "是 yes"],
                ["乙老师", SPRING, "乙小学", "50", "是 yes"],
                ["未定 2 人 not yet named", HEAD, LAKE, "100", "是 yes"],
            ]
        );
        let looked_at = titled(&tables, "需关注").below(&["原因", "记录"]);
        let no_titles = "未登记称号 no titles";
        assert_eq!(
            looked_at,
            [
                ["双向只有一半 half open、将满 ending soon", &id("there")],
                [no_titles, &id("outside")],
                [no_titles, &id("two")],
            ]
        );
        let shares = report(&office, door, "shares", "year=2025").await;
        let shares = shares[0].below(&["规则", "范围", "数", "应达%", "依据"]);
        assert_eq!(
            shares,
            [[
                "骨干占比",
                "全集团 group",
                "1–4/2–4",
                "20",
                "教督〔2017〕6号"
            ]]
        );
    }
}

fn owed_as(reason: Reason) -> &'static str {
    match reason {
        Reason::MenuMissing => "食谱未报 menu missing",
        Reason::SessionOpen => "活动未归档 session open",
        Reason::AttendanceMissing => "考勤未报 attendance missing",
        other => panic!("nobody counted {other:?}"),
    }
}

#[tokio::test]
async fn where_campuses_stand_and_whom_to_chase_is_shown_as_of_a_time() {
    let term = Term::over().await;
    let office = office(&term).await;
    for door in DOORS {
        let tables = report(&office, door, "status", TERM).await;
        let campuses = titled(&tables, "各校情况").below(&["学校", "教研", "交流"]);
        let expected = [[HEAD, "0/2"], [SPRING, "0/1"], [LAKE, "1/0"]];
        for ((row, [name, held]), (out, r#in)) in
            campuses.iter().zip(expected).zip(standing::MOVING)
        {
            assert_eq!(*row, [name, held, &format!("{out}/{in}")]);
        }
        let rates = titled(&tables, "上报").below(&["上报率", "按时率"]);
        let expected: Vec<[String; 2]> = REPORTING
            .into_iter()
            .zip(TIMELINESS)
            .map(|(a, b)| [rate(a), rate(b)])
            .collect();
        assert_eq!(rates, expected);
        let tables = report(&office, door, "chase", "at=2026-06-22T08:00").await;
        let owed = tables[0].below(&["学校", "事项"]);
        let expected = standing::OWED
            .iter()
            .flat_map(|(name, reasons)| reasons.iter().map(|reason| [*name, owed_as(*reason)]));
        assert_eq!(owed, expected.collect::<Vec<_>>());
    }
    let page = office.get("/report/chase?at=2026-06-22T08:00").await;
    page.shows("截至 <time>6月22日 08:00</time>");
    for wrong in [
        "matrix?from=2026-02-30",
        "chase?at=yesterday",
        "shares?year=1999",
        "table?from=2026-05-01&to=2026-06-01",
    ] {
        office.get(&format!("/report/{wrong}")).await.is(400);
    }
    office.get("/report/nothing").await.is(404);
    let spring = Browser::signed_in(&term.hub, &term.hub.group.member(SPRING).token).await;
    for door in ["/report/matrix", "/report/exchanges/sheet.xlsx"] {
        spring.get(door).await.is(403);
    }
}

#[tokio::test]
async fn the_first_page_and_its_workbook_show_the_last_eight_weeks() {
    let term = Term::over().await;
    let office = office(&term).await;
    let tables = page(&office, "/?week=2026-06-29").await;
    let weeks = titled(&tables, "近几周 ");
    let rows = weeks.read();
    assert_eq!(
        rows[..3]
            .iter()
            .map(|row| signs(&row[1..]))
            .collect::<Vec<_>>(),
        STATES
    );
    assert_eq!(rows[3][1..], BY_WEEK.map(rate));
    // The week of 06-29: 滨湖分校 reported nothing of its five days.
    let board = titled(&tables, "各校情况").read();
    let days = ["✓✓✓✓✓✓", "✓✓✓✓✓✓", "✗✗✗✗✗✗"];
    for (((row, days), name), (out, r#in)) in board
        .iter()
        .zip(days)
        .zip([HEAD, SPRING, LAKE])
        .zip(standing::MOVING)
    {
        assert!(row[0].starts_with(name), "{row:?}");
        assert_eq!(signs(&row[1..7]), days);
        assert_eq!(row[7..9], ["0 / 0", &format!("{out} / {in}")]);
    }
    let shown = office.get("/?week=2026-06-29").await;
    for tile in [
        "<strong>2</strong> 按时",
        "<strong>0</strong> 迟报",
        "<strong>1</strong> 未报",
    ] {
        shown.shows(tile);
    }
    shown.shows(&format!("<strong>{}</strong> 上报率", rate([10, 15])));
    shown.shows(&format!("<strong>{}</strong> 按时率", rate(BY_WEEK[7])));
    let sheet = workbook(&office, "/matrix.xlsx?week=2026-06-29").await;
    let rows = sheet[0].read();
    let ratio = |[a, b]: [i32; 2]| format!("{a}/{b}");
    for (i, row) in rows[..3].iter().enumerate() {
        assert_eq!(signs(&row[1..9]), STATES[i]);
        assert_eq!(row[9..], [ratio(REPORTING[i]), ratio(TIMELINESS[i])]);
    }
    assert_eq!(rows[3][1..9], BY_WEEK.map(ratio));
    assert_eq!(rows[3][9..], [ratio(ALL_REPORTING), ratio(ALL_TIMELINESS)]);
}

#[tokio::test]
async fn the_exchange_book_and_the_national_columns_show_who_is_where() {
    let term = Term::begin().await;
    for act in 0..ACTS - 1 {
        term.play(act).await;
    }
    term.at("2026-06-30T20:00:00+08:00");
    let office = office(&term).await;
    let tables = page(&office, "/exchanges").await;
    let side = |[movements, least, most, percent]: [i32; 4]| {
        let full = f64::from(percent) / 100.0;
        format!("{movements} 人次 / {} 人 / 折 {full}", range([least, most]))
    };
    let moves = titled(&tables, "各校进出").read();
    for (row, (name, out, r#in, [net, _])) in moves.iter().zip(exchanges::MOVED) {
        let name = if name.is_empty() {
            "集团外 outside"
        } else {
            name
        };
        assert_eq!(*row, [name, &side(out), &side(r#in), &net.to_string()]);
    }
    assert_eq!(
        moves[4],
        [
            "合计 total",
            &side(exchanges::ALL),
            &side(exchanges::ALL),
            "0"
        ]
    );
    let year = titled(&tables, "本学年").below(&["姓名", "原单位", "交流单位", "起", "止"]);
    assert_eq!(
        year,
        [
            ["甲老师", HEAD, SPRING, "2026-05-11", "2026-07"],
            ["乙老师", SPRING, HEAD, "2026-05-18", "2026-06-30"],
            ["乙老师", SPRING, "乙小学", "2026-05-20", "2027-01"],
            ["2 人，未定名", HEAD, LAKE, "2026-06-02", "2027-01"],
        ]
    );
    let shares = titled(&tables, "比例").below(&["规则", "数", "要求", "依据"]);
    assert_eq!(
        shares,
        [["骨干占比", "1–4 / 2–4", "≥ 20%", "教督〔2017〕6号"]]
    );
    let sheet = workbook(&office, "/exchanges.xlsx").await;
    assert_eq!(
        sheet[0].below(&["开始年月", "结束年月", "原单位名称", "交流单位名称"]),
        [
            ["2026-05", "", HEAD, SPRING],
            ["2026-05", "", SPRING, HEAD],
            ["2026-05", "", SPRING, "乙小学"],
            ["2026-06", "", HEAD, LAKE],
        ]
    );
}
