//! From a sheet to 已收: real sheets, through the forms of the pages.

use super::browser::{Answer, Browser};
use super::form::Form;
use super::{WEEK, in_term};
use crate::harness::{HEAD, LAKE, SPRING, TestHub};
use crate::reader::Reader;
use crate::wishes::{act, create, edit, fresh, menu, publish, session};
use lianxiao::wire::v1;
use prost::Message as _;

/// A week's menu as a clerk types it. The fourth day is on no calendar.
const MENU: &str = "春风分校第11周食谱,,,\n食堂,学生食堂,,\n日期,主食,大荤,素菜\n\
    5月11日 周一,米饭,红烧肉,清炒菠菜\n5月12日 周二,米饭,糖醋排骨,炒青菜\n\
    5月13日 周三,米饭,狮子头,炒豆芽\n5月33日 周四,米饭,清蒸鱼,炒生菜\n5月15日 周五,米饭,酱鸭腿,炒包菜\n";

/// Sessions in GBK: an old name of a subject, no year, and a weekday that does not fit.
const SESSIONS: &str = "春风分校教研安排,,,,\n日 期,时间,活动主题,主备人,地點\n\
    5月20日（周三）,下午2:00～4:30,六年级数学集体备课,張老師,三楼録播室\n\
    5月21日（周五）,14:00-15:30,信息技术 六年级教研,王老师,本校机房\n";

async fn clerk(hub: &TestHub) -> Browser {
    Browser::signed_in(hub, &hub.group.member(SPRING).token).await
}

async fn hand_in(browser: &Browser, name: &str, bytes: &[u8]) -> Answer {
    let page = browser
        .hand_in("/desk/sheet", &[("what", "")], (name, bytes))
        .await;
    page.is(200);
    page
}

/// The campus's records of a kind.
async fn records(hub: &TestHub, kind: &str) -> Vec<v1::Record> {
    let copy = Reader::all(&hub.campus(SPRING)).await;
    let own = copy.records.into_values();
    let own = own.filter(|record| record.kind == kind);
    own.collect()
}

fn menu_of(record: &v1::Record) -> (v1::Menu, v1::MenuState) {
    use v1::{content, state};
    let content = v1::Content::decode(record.content.clone()).expect("a content");
    let state = v1::State::decode(record.state.clone()).expect("a state");
    match (content.kind, state.kind) {
        (Some(content::Kind::Menu(menu)), Some(state::Kind::Menu(state))) => (menu, state),
        other => panic!("a menu, not {other:?}"),
    }
}

/// The name of the cell in which a text stands.
fn cell(form: &Form, text: &str) -> String {
    let found = form
        .fields
        .iter()
        .find(|(name, value)| name.starts_with("cell.") && value == text);
    found
        .unwrap_or_else(|| panic!("no cell {text} in {:?}", form.fields))
        .0
        .clone()
}

#[tokio::test]
async fn a_sheet_is_looked_at_corrected_in_its_cell_pushed_and_published() {
    let hub = in_term().await;
    let spring = clerk(&hub).await;
    let page = hand_in(&spring, "食谱.csv", MENU.as_bytes()).await;
    for text in [
        "5月33日 周四",
        "“5月33日 周四”是哪一天无法确定",
        "红烧肉",
        "新增",
    ] {
        page.shows(text);
    }
    assert!(
        records(&hub, "menu").await.is_empty(),
        "a look stores nothing"
    );
    let mut form = Form::to(&page, "/desk/sheet/send");
    let doubted = cell(&form, "5月33日 周四");
    form.say(&doubted, Some("5月14日 周四"));
    // What was corrected is shown before it is sent.
    let page = form.send(&spring, &[]).await;
    page.shows("改过的地方已经重新读过");
    page.shows("清蒸鱼");
    assert!(!page.body.contains("无法确定"), "{}", page.body);
    assert!(records(&hub, "menu").await.is_empty());
    let form = Form::to(&page, "/desk/sheet/send");
    assert_eq!(
        form.value(&doubted),
        Some("5月14日 周四"),
        "what was corrected stays"
    );
    let told = form.send(&spring, &[]).await;
    told.shows("都已办妥");
    assert!(!told.body.contains("未收 <"), "{}", told.body);
    let all = records(&hub, "menu").await;
    assert_eq!(all.len(), 1);
    let (menu, state) = menu_of(&all[0]);
    assert_eq!(menu.service_dates, WEEK);
    assert_eq!(state.status(), v1::MenuStatus::Published);
    assert_eq!(menu.meals.len(), 5);
    spring.get("/desk").await.shows("按时");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_has_its_effect_once_and_the_same_answer() {
    let hub = in_term().await;
    let spring = clerk(&hub).await;
    let page = hand_in(&spring, "食谱.csv", MENU.replace("33", "14").as_bytes()).await;
    let form = Form::to(&page, "/desk/sheet/send");
    let first = form.send(&spring, &[]).await;
    first.shows("都已办妥");
    let newest = hub.campus(SPRING).newest().await;
    let again = form.send(&spring, &[]).await;
    again.shows("已收");
    again.shows("都已办妥");
    assert_eq!(hub.campus(SPRING).newest().await, newest);
    // The same sheet, handed in anew, says nothing new.
    let page = hand_in(&spring, "食谱.csv", MENU.replace("33", "14").as_bytes()).await;
    page.shows("无变化");
    page.shows("没有要上报的");
}

#[tokio::test]
async fn rows_of_a_messy_sheet_in_gbk_are_told_one_by_one_and_a_field_is_corrected() {
    let hub = in_term().await;
    let spring = clerk(&hub).await;
    let (bytes, _, _) = encoding_rs::GBK.encode(SESSIONS);
    let page = hand_in(&spring, "安排.csv", &bytes).await;
    for text in [
        "六年级数学集体备课",
        "的星期与日期不符",
        "信息科技",
        "现用名称",
    ] {
        page.shows(text);
    }
    let mut form = Form::to(&page, "/desk/sheet/send");
    let title = form
        .fields
        .iter()
        .find(|(name, value)| name.starts_with("field./session/title@") && value.contains("数学"));
    let title = title.expect("a title").0.clone();
    form.say(&title, Some("六年级数学大单元备课"));
    let page = form.send(&spring, &[]).await;
    let form = Form::to(&page, "/desk/sheet/send");
    assert_eq!(form.value(&title), Some("六年级数学大单元备课"));
    form.send(&spring, &[]).await.shows("都已办妥");
    let mut titles: Vec<String> = Vec::new();
    for record in records(&hub, "session").await {
        let content = v1::Content::decode(record.content).expect("a content");
        if let Some(v1::content::Kind::Session(session)) = content.kind {
            titles.push(session.title);
        }
    }
    titles.sort();
    assert_eq!(titles.len(), 2, "{titles:?}");
    assert!(
        titles.contains(&"六年级数学大单元备课".to_owned()),
        "{titles:?}"
    );
}

#[tokio::test]
async fn a_published_menu_changes_only_for_a_reason_and_what_is_missing_only_when_ticked() {
    let hub = in_term().await;
    let spring = clerk(&hub).await;
    let page = hand_in(&spring, "食谱.csv", MENU.replace("33", "14").as_bytes()).await;
    Form::to(&page, "/desk/sheet/send")
        .send(&spring, &[])
        .await
        .shows("都已办妥");
    let other = MENU.replace("33", "14").replace("清蒸鱼", "红烧鱼");
    let page = hand_in(&spring, "食谱.csv", other.as_bytes()).await;
    page.shows("修改");
    page.shows("红烧鱼");
    let form = Form::to(&page, "/desk/sheet/send");
    assert!(form.value("also").is_none(), "it is published already");
    let asked = form.send(&spring, &[]).await;
    asked.shows("请选一个原因");
    form.send(&spring, &[("reason", "AMEND_REASON_OUT_OF_STOCK")])
        .await
        .shows("都已办妥");
    let all = records(&hub, "menu").await;
    let (_, state) = menu_of(&all[0]);
    assert_eq!(state.status(), v1::MenuStatus::Amended);
    assert_eq!(state.amendments[0].reason(), v1::AmendReason::OutOfStock);
    // Sessions that an earlier sheet brought and the next one lacks.
    let page = hand_in(&spring, "安排.csv", SESSIONS.as_bytes()).await;
    Form::to(&page, "/desk/sheet/send")
        .send(&spring, &[])
        .await
        .shows("都已办妥");
    let less: Vec<&str> = SESSIONS
        .lines()
        .filter(|line| !line.contains("六年级数学"))
        .collect();
    let more = "5月20日（周三）,14:00-15:30,五年级英语集体备课,赵老师,本校机房";
    let less = format!("{}\n{more}\n", less.join("\n"));
    let page = hand_in(&spring, "安排.csv", less.as_bytes()).await;
    page.shows("以前报过、这张表里没有的");
    let form = Form::to(&page, "/desk/sheet/send");
    form.send(&spring, &[]).await.shows("都已办妥");
    assert_eq!(records(&hub, "session").await.len(), 3);
    let gone = regex::Regex::new(r#"name="(gone\.[^"]*)""#).expect("a pattern");
    let gone = gone.captures(&page.body).expect("a tick")[1].to_owned();
    form.send(&spring, &[(&gone, "1")]).await.shows("删除");
    assert_eq!(records(&hub, "session").await.len(), 2);
}

#[tokio::test]
async fn two_edits_of_one_field_stand_side_by_side_until_one_is_chosen() {
    let way = regex::Regex::new(r#"href="(/desk/conflict/[^"]*)""#).expect("a pattern");
    for choice in ["mine", "theirs"] {
        let hub = in_term().await;
        let (spring, own) = (clerk(&hub).await, hub.campus(SPRING));
        let sheet = SESSIONS.replace("信息技术", "信息科技");
        let page = hand_in(&spring, "安排.csv", sheet.as_bytes()).await;
        Form::to(&page, "/desk/sheet/send")
            .send(&spring, &[])
            .await
            .shows("都已办妥");
        // One clerk looks at a corrected sheet while another changes the same room.
        let page = hand_in(
            &spring,
            "安排.csv",
            sheet.replace("本校机房", "五楼机房").as_bytes(),
        )
        .await;
        let form = Form::to(&page, "/desk/sheet/send");
        let room = |record: &v1::Record| {
            let content = v1::Content::decode(record.content.clone()).expect("a content");
            match content.kind {
                Some(v1::content::Kind::Session(session)) => session,
                other => panic!("a session, not {other:?}"),
            }
        };
        let all = records(&hub, "session").await;
        let is_it = |record: &&v1::Record| room(record).title.contains("信息科技");
        let record = all.iter().find(is_it).expect("it is there");
        let mut changed = room(record);
        let before = changed.place.clone().expect("a place").room;
        changed.place.as_mut().expect("a place").room = "六楼机房".to_owned();
        own.applied(edit(&record.id, record.version, changed)).await;
        let told = form.send(&spring, &[]).await;
        told.shows("两处改动待定");
        spring.get("/desk").await.shows("两处改动待定");
        let href = way.captures(&told.body).expect("the way to it")[1].to_owned();
        let page = spring.get(&href).await;
        for text in ["五楼机房", "六楼机房", &before, "两处都改", "地点"] {
            page.shows(text);
        }
        let form = Form::to(&page, &href);
        form.send(&spring, &[]).await.shows("请选一个");
        form.send(&spring, &[("choice", choice)])
            .await
            .shows("已收");
        let stands = own.get(&record.id).await.expect("it is there");
        let chosen = if choice == "mine" {
            "五楼机房"
        } else {
            "六楼机房"
        };
        assert_eq!(room(&stands).place.expect("a place").room, chosen);
        assert!(records(&hub, "conflict").await.is_empty());
        spring.get(&href).await.is(404);
    }
}

#[tokio::test]
async fn what_is_refused_says_why_and_leads_back_to_the_sheet() {
    let hub = in_term().await;
    let (spring, own) = (clerk(&hub).await, hub.campus(SPRING));
    let page = hand_in(&spring, "食谱.csv", MENU.replace("33", "14").as_bytes()).await;
    let form = Form::to(&page, "/desk/sheet/send");
    // Another clerk typed the same week in another way meanwhile.
    let twin = fresh();
    let both = [create(&twin, menu(&WEEK)), act(&twin, 1, publish())];
    for result in own.push(both).await {
        assert_eq!(result.outcome(), v1::Outcome::Applied, "{result:#?}");
    }
    let told = form.send(&spring, &[]).await;
    for text in ["有未收的", "未收", "请修改该记录", "回到表格改正"] {
        told.shows(text);
    }
    let back = Form::to(&told, "/desk/sheet/again");
    let page = back.send(&spring, &[]).await;
    page.shows("这几处不能再改：标题");
    let mut form = Form::to(&page, "/desk/sheet/send");
    form.correct("field./menu/label@", "");
    let page = form.send_to("/desk/sheet/again", &spring, &[]).await;
    let form = Form::to(&page, "/desk/sheet/send");
    let told = form
        .send(&spring, &[("reason", "AMEND_REASON_MISPRINT")])
        .await;
    told.shows("都已办妥");
    assert_eq!(records(&hub, "menu").await.len(), 1);
}

#[tokio::test]
async fn whatever_schools_make_goes_through_the_page_and_is_answered_record_by_record() {
    let hub = in_term().await;
    let spring = clerk(&hub).await;
    let typed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/typed");
    let mut answered = 0;
    for file in std::fs::read_dir(typed).expect("the sheets") {
        let path = file.expect("a sheet").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        let bytes = std::fs::read(&path).expect("its bytes");
        let page = hand_in(&spring, name, &bytes).await;
        page.shows("处请核对");
        if page.body.contains("没有要上报的") {
            continue;
        }
        let told = Form::to(&page, "/desk/sheet/send").send(&spring, &[]).await;
        told.is(200);
        told.shows("上报结果");
        answered += told.body.matches("<li><strong>").count();
    }
    assert!(answered > 20, "{answered} records were answered");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_gets_a_sentence_and_is_asked_for_again() {
    let hub = in_term().await;
    let spring = clerk(&hub).await;
    let large = vec![b'x'; (4 << 20) + 1];
    for (name, bytes, said) in [
        (
            "食谱.xlsx",
            &b"PK\x03\x04 broken"[..],
            "请用 WPS 或 Excel 打开",
        ),
        ("食谱.pdf", b"%PDF-1.7", "另存为 .xlsx"),
        ("食谱.csv", b"", "文件里没有内容"),
        ("今天.txt", "今天天气不错".as_bytes(), "看不出是什么表"),
        ("大.txt", &large, "文件太大"),
    ] {
        let page = spring
            .hand_in("/desk/sheet", &[("what", "")], (name, bytes))
            .await;
        page.is(400);
        page.shows(said);
        page.shows("交一张表");
    }
    // A form that is not whole pushes nothing.
    for fields in [
        &[][..],
        &[("draft", "x"), ("push", "y")],
        &[("what", "menu")],
    ] {
        for path in ["/desk/sheet/send", "/desk/sheet/again"] {
            let page = spring.post(path, fields).await;
            page.is(400);
            page.shows("这个表单不完整");
        }
    }
    assert!(records(&hub, "menu").await.is_empty());
}

#[tokio::test]
async fn a_text_from_a_chat_is_understood_too_and_what_is_of_another_campus_is_left_out() {
    let hub = in_term().await;
    let spring = clerk(&hub).await;
    let text = "5月20日（周三）下午2点 六年级数学集体备课 主备：张老师 地点：三楼录播室";
    let fields = [("what", "session"), ("text", text)];
    let page = spring.hand_in("/desk/sheet", &fields, ("", b"")).await;
    page.is(200);
    page.shows("集体备课");
    Form::to(&page, "/desk/sheet/send")
        .send(&spring, &[])
        .await
        .shows("都已办妥");
    assert_eq!(records(&hub, "session").await.len(), 1);
    let moves = format!("姓名,原单位,交流单位,起止时间\n李老师,{LAKE},{HEAD},2025.9-2026.7\n");
    let page = hand_in(&spring, "轮岗.csv", moves.as_bytes()).await;
    page.shows("由别的学校上报");
    page.shows("没有要上报的");
    assert!(records(&hub, "exchange").await.is_empty());
}

#[tokio::test]
async fn what_somebody_typed_is_text_in_a_preview_and_in_its_answer() {
    let hub = in_term().await;
    let spring = clerk(&hub).await;
    let hostile = "<script>alert(1)</script>\"'><b>";
    let sheet = MENU
        .replace("红烧肉", hostile)
        .replace("5月33日 周四", &format!("5月33日{hostile}"));
    let page = spring
        .hand_in(
            "/desk/sheet",
            &[("what", "menu")],
            (hostile, sheet.as_bytes()),
        )
        .await;
    page.is(200);
    let told = Form::to(&page, "/desk/sheet/send").send(&spring, &[]).await;
    for page in [page, told] {
        for raw in ["<script>alert", "'><b>"] {
            assert!(!page.body.contains(raw), "{raw}\n{}", page.body);
        }
    }
    let record = fresh();
    hub.campus(SPRING)
        .applied(create(&record, session(hostile, "2026-05-12")))
        .await;
    let page = spring.get("/desk").await;
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
}
