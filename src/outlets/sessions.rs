//! What became of sessions.

use super::sheet::row;
use super::{Cell, Sheet, ratio, words};
use crate::wire::v1;

/// Coverage, campuses, forms, and whose attendance is missing.
#[must_use]
pub fn sheets(report: &v1::GetSessionReportResponse) -> Vec<Sheet> {
    vec![
        coverage(report),
        campuses(report),
        forms(report),
        products(report),
        silent(report),
    ]
}

fn name<'a>(report: &'a v1::GetSessionReportResponse, id: &'a str) -> &'a str {
    let mut campuses = report.campuses.iter();
    let campus = campuses.find(|campus| campus.campus_id == id);
    campus.map_or(id, |campus| &campus.name)
}

fn coverage(report: &v1::GetSessionReportResponse) -> Sheet {
    let mut sheet = Sheet::new(
        "应备课覆盖 coverage",
        &[
            "学科\nsubject",
            "年级\ngrade",
            "学校\ncampus",
            "每学期应有\nasked a term",
            "已举行\nheld",
            "计划\nplanned",
        ],
    );
    for cell in &report.coverage {
        sheet.rows.push(row![
            cell.subject.clone(),
            cell.grade.clone(),
            name(report, &cell.campus_id),
            cell.sessions_min,
            cell.held,
            cell.planned,
        ]);
    }
    for (label, share) in [
        ("有过 with one", &report.covered),
        ("足数 with enough", &report.fulfilled),
    ] {
        if let Some(share) = share.as_ref().filter(|share| share.denominator > 0) {
            let numerator = Cell::from(share.numerator).text();
            let share = format!("{numerator}/{}", share.denominator);
            sheet
                .rows
                .push(row!["合计 total", "", label, "", share, ""]);
        }
    }
    sheet
}

fn campuses(report: &v1::GetSessionReportResponse) -> Sheet {
    let mut sheet = Sheet::new(
        "各校教研 campuses",
        &[
            "学校\ncampus",
            "承办 拟/已/延/消\nhosted",
            "承办占比\nhosting share",
            "应报考勤\nasked",
            "已报\nreported",
            "参与率\nparticipation",
            "人次\nperson-times",
            "人数\npersons",
            "成果\nproducts",
        ],
    );
    let all = report.sessions.unwrap_or_default();
    for campus in &report.campuses {
        let name = campus.name.as_str();
        let (hosted, came) = (&campus.hosted, &campus.attendances);
        sheet.rows.push(hosting(
            name,
            hosted.as_ref(),
            all,
            came.as_ref(),
            campus.products.as_ref(),
        ));
    }
    for role in &report.roles {
        let hosted = role.hosted.as_ref();
        let name = format!("其中 of them {}", words::role(role.role()));
        let mut row = hosting(&name, hosted, all, None, None);
        row.truncate(3);
        row.resize(9, Cell::from(""));
        sheet.rows.push(row);
    }
    let (came, products) = (report.attendances.as_ref(), report.products.as_ref());
    sheet
        .rows
        .push(hosting("合计 total", Some(&all), all, came, products));
    sheet
}

fn hosting(
    name: &str,
    hosted: Option<&v1::SessionCount>,
    all: v1::SessionCount,
    came: Option<&v1::Attendances>,
    products: Option<&v1::ProductCount>,
) -> Vec<Cell> {
    let hosted = hosted.copied().unwrap_or_default();
    let came = came.cloned().unwrap_or_default();
    let share = |numerator, denominator| {
        ratio(Some(v1::Ratio {
            numerator,
            denominator,
        }))
    };
    let count = [
        hosted.planned,
        hosted.held,
        hosted.postponed,
        hosted.cancelled,
    ];
    row![
        name,
        count.map(|count| count.to_string()).join("/"),
        share(hosted.held, all.held),
        came.asked,
        came.reported,
        share(came.person_times, came.expected),
        came.person_times,
        came.persons.map_or(Cell::from("未知 n/k"), Cell::from),
        products.map_or(0, |products| products.products),
    ]
}

fn forms(report: &v1::GetSessionReportResponse) -> Sheet {
    let mut sheet = Sheet::new(
        "按形式 by form",
        &[
            "形式\nform",
            "计划\nplanned",
            "已举行\nheld",
            "延期\npostponed",
            "取消\ncancelled",
        ],
    );
    for form in &report.forms {
        let count = form.sessions.unwrap_or_default();
        sheet.rows.push(row![
            words::form(form.form()),
            count.planned,
            count.held,
            count.postponed,
            count.cancelled,
        ]);
    }
    let people = report.functions.unwrap_or_default();
    let persons = Cell::from(people.persons).text();
    let said = format!("主备、主讲、主持 led, spoke or chaired：{persons} 人 people");
    sheet.rows.push(row![
        said,
        "",
        format!("{} 人次 times", people.person_times),
        "",
        "",
    ]);
    sheet
}

fn products(report: &v1::GetSessionReportResponse) -> Sheet {
    let mut sheet = Sheet::new("成果 products", &["种类\nkind", "件数\ncount"]);
    for kind in report.products.iter().flat_map(|products| &products.kinds) {
        sheet
            .rows
            .push(row![words::product(kind.kind()), kind.count]);
    }
    sheet
}

fn silent(report: &v1::GetSessionReportResponse) -> Sheet {
    let mut sheet = Sheet::new(
        "未报考勤 attendance not reported",
        &[
            "学校\ncampus",
            "日期\nday",
            "活动\nsession",
            "免报\nwaived",
            "记录\nrecord",
        ],
    );
    for of in report.attendances.iter().flat_map(|all| &all.silent) {
        sheet.rows.push(row![
            name(report, &of.campus_id),
            of.first_date.clone(),
            of.title.clone(),
            if of.waived { "是 yes" } else { "" },
            of.session_id.clone(),
        ]);
    }
    sheet
}
