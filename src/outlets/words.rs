//! What the contract's values are called: Chinese, then English.

use crate::wire::v1::content::Kind;
use crate::wire::v1::{self, unit};

/// What a content is about, in a few words: `campus` names one by its id, `people` stands behind a number of them.
#[must_use]
pub fn title(content: &Kind, campus: impl Fn(&str) -> String, people: &str) -> String {
    let unit = |unit: Option<&v1::Unit>| match unit.and_then(|unit| unit.unit.as_ref()) {
        Some(unit::Unit::CampusId(id)) => campus(id),
        Some(unit::Unit::Outside(name)) => name.clone(),
        None => "?".to_owned(),
    };
    match content {
        Kind::Menu(menu) => format!("{} {}", menu.canteen, menu.label),
        Kind::Session(session) => session.title.clone(),
        Kind::Exchange(exchange) => {
            let person = exchange.person.as_ref();
            let who = match exchange.unnamed_count {
                0 => person.map_or("", |person| &person.display_name).to_owned(),
                count => format!("{count}{people}"),
            };
            let (home, host) = (exchange.home.as_ref(), exchange.host.as_ref());
            format!("{who} {}→{}", unit(home), unit(host))
        }
        Kind::CanteenNote(note) => note.topic.clone(),
        Kind::Proposal(proposal) => proposal.why.clone(),
        Kind::Campus(campus) => campus.name.clone(),
        Kind::Calendar(calendar) => match calendar.campus_id.as_str() {
            "" => calendar
                .terms
                .first()
                .map(|term| term.name.clone())
                .unwrap_or_default(),
            id => campus(id),
        },
        Kind::Person(person) => {
            format!("{} {}", person.display_name, campus(&person.home_campus_id))
        }
        Kind::StaffCount(count) => campus(&count.campus_id),
        Kind::Policy(_) | Kind::Vocabulary(_) => String::new(),
    }
}

/// A campus's part in the group.
#[must_use]
pub fn role(value: v1::CampusRole) -> &'static str {
    match value {
        v1::CampusRole::Head => "总校 head",
        v1::CampusRole::Branch => "分校 branch",
        v1::CampusRole::Member => "成员校 member",
        v1::CampusRole::Unspecified => "–",
    }
}

/// How a campus stands with its menus.
#[must_use]
pub fn menu_state(value: v1::MenuStandingState) -> &'static str {
    match value {
        v1::MenuStandingState::OnTime => "✓ 按时 on time",
        v1::MenuStandingState::Late => "○ 迟报 late",
        v1::MenuStandingState::Excused => "○ 迟报·已核准 excused",
        v1::MenuStandingState::Incomplete => "◐ 不全 incomplete",
        v1::MenuStandingState::Missing => "✗ 未报 missing",
        v1::MenuStandingState::NotApplicable => "– 不适用 n/a",
        v1::MenuStandingState::Unspecified => "–",
    }
}

/// Why a late menu is excused.
#[must_use]
pub fn excuse(value: v1::ExcuseReason) -> &'static str {
    match value {
        v1::ExcuseReason::Equipment => "断网断电设备故障 equipment",
        v1::ExcuseReason::Supply => "供货变动 supply",
        v1::ExcuseReason::People => "经办人员缺勤 people",
        v1::ExcuseReason::Order => "上级安排 order",
        v1::ExcuseReason::Force => "天气疫情 force",
        v1::ExcuseReason::Other => "其他 other",
        v1::ExcuseReason::Unspecified => "–",
    }
}

/// Why a published menu changes.
#[must_use]
pub fn amend_reason(value: v1::AmendReason) -> &'static str {
    match value {
        v1::AmendReason::OutOfStock => "缺货 out of stock",
        v1::AmendReason::Misprint => "误植 misprint",
        v1::AmendReason::Stopped => "停用 stopped",
        v1::AmendReason::Swapped => "对调 swapped",
        v1::AmendReason::Event => "活动 event",
        v1::AmendReason::Unspecified => "–",
    }
}

/// What is known of a table.
#[must_use]
pub fn table_state(value: v1::TableState) -> &'static str {
    match value {
        v1::TableState::Announced => "已公布 announced",
        v1::TableState::Incomplete => "不全 incomplete",
        v1::TableState::NotAnnounced => "未报 not announced",
        v1::TableState::NoService => "停餐 no service",
        v1::TableState::NotApplicable => "不适用 n/a",
        v1::TableState::Unspecified => "–",
    }
}

/// A meal of the day.
#[must_use]
pub fn meal(value: v1::Meal) -> &'static str {
    match value {
        v1::Meal::Breakfast => "早餐 breakfast",
        v1::Meal::MorningSnack => "早点 morning snack",
        v1::Meal::Lunch => "午餐 lunch",
        v1::Meal::AfternoonSnack => "午点 afternoon snack",
        v1::Meal::Dinner => "晚餐 dinner",
        v1::Meal::Unspecified => "–",
    }
}

/// Who eats.
#[must_use]
pub fn audience(value: v1::MenuAudience) -> &'static str {
    match value {
        v1::MenuAudience::Pupils => "学生 pupils",
        v1::MenuAudience::Staff => "教工 staff",
        v1::MenuAudience::Kindergarten => "幼儿 kindergarten",
        v1::MenuAudience::Unspecified => "–",
    }
}

/// What kind of meeting a session is.
#[must_use]
pub fn form(value: v1::SessionForm) -> &'static str {
    match value {
        v1::SessionForm::JointPrep => "集体备课 joint prep",
        v1::SessionForm::JointResearch => "联合教研 joint research",
        v1::SessionForm::SameLesson => "同课异构 same lesson",
        v1::SessionForm::Outreach => "送教 outreach",
        v1::SessionForm::VisitIn => "请进来 visit in",
        v1::SessionForm::VisitOut => "走出去 visit out",
        v1::SessionForm::Training => "培训 training",
        v1::SessionForm::Showcase => "展示 showcase",
        v1::SessionForm::Contest => "评比 contest",
        v1::SessionForm::Unspecified => "–",
    }
}

/// What a product is.
#[must_use]
pub fn product(value: v1::ProductKind) -> &'static str {
    match value {
        v1::ProductKind::Plan => "教案 plan",
        v1::ProductKind::Slides => "课件 slides",
        v1::ProductKind::Homework => "作业 homework",
        v1::ProductKind::Record => "记录 record",
        v1::ProductKind::Unspecified => "未说明 not said",
    }
}

/// What kind of exchange it is.
#[must_use]
pub fn exchange_type(value: v1::ExchangeType) -> &'static str {
    match value {
        v1::ExchangeType::Regular => "定期交流 regular",
        v1::ExchangeType::Competition => "跨校竞聘 competition",
        v1::ExchangeType::District => "学区一体化管理 district",
        v1::ExchangeType::Alliance => "学校联盟 alliance",
        v1::ExchangeType::Branch => "名校办分校 branch",
        v1::ExchangeType::Group => "集团化办学 group",
        v1::ExchangeType::Support => "对口支援 support",
        v1::ExchangeType::Circuit => "乡镇中心学校教师走教 circuit",
        v1::ExchangeType::PartTime => "跨校兼课 part-time",
        v1::ExchangeType::Shadowing => "跟岗 shadowing",
        v1::ExchangeType::Rural => "支教 rural",
        v1::ExchangeType::Secondment => "管理干部挂职 secondment",
        v1::ExchangeType::Unspecified => "–",
    }
}

/// How far a movement is.
#[must_use]
pub fn exchange_status(value: v1::ExchangeStatus) -> &'static str {
    match value {
        v1::ExchangeStatus::Draft => "草拟 draft",
        v1::ExchangeStatus::Proposed => "拟派 proposed",
        v1::ExchangeStatus::Accepted => "接收 accepted",
        v1::ExchangeStatus::Approved => "批准 approved",
        v1::ExchangeStatus::Active => "在岗 active",
        v1::ExchangeStatus::Completed => "期满 completed",
        v1::ExchangeStatus::Withdrawn => "撤回 withdrawn",
        v1::ExchangeStatus::Declined => "不接收 declined",
        v1::ExchangeStatus::Returned => "退回 returned",
        v1::ExchangeStatus::Cancelled => "取消 cancelled",
        v1::ExchangeStatus::Unspecified => "–",
    }
}

/// Why the office should look at a movement.
#[must_use]
pub fn concern(value: v1::ExchangeConcern) -> &'static str {
    match value {
        v1::ExchangeConcern::HalfOpen => "双向只有一半 half open",
        v1::ExchangeConcern::NotArrived => "逾期未到岗 not arrived",
        v1::ExchangeConcern::PastEnd => "逾期未离岗 past its end",
        v1::ExchangeConcern::EndingSoon => "将满 ending soon",
        v1::ExchangeConcern::OverlappingShares => "时间重叠 overlapping",
        v1::ExchangeConcern::NoTitles => "未登记称号 no titles",
        v1::ExchangeConcern::Unspecified => "–",
    }
}

/// Why a campus is chased.
#[must_use]
pub fn chase_reason(value: v1::ChaseReason) -> &'static str {
    match value {
        v1::ChaseReason::MenuMissing => "食谱未报 menu missing",
        v1::ChaseReason::MenuIncomplete => "食谱不全 menu incomplete",
        v1::ChaseReason::AttendanceMissing => "考勤未报 attendance missing",
        v1::ChaseReason::SessionOpen => "活动未归档 session open",
        v1::ChaseReason::ArrivalOpen => "到岗未确认 arrival open",
        v1::ChaseReason::EndOpen => "离岗未确认 end open",
        v1::ChaseReason::CorrectionOpen => "待更正 correction open",
        v1::ChaseReason::Unspecified => "–",
    }
}

/// How a share stands to its threshold.
#[must_use]
pub fn share_result(value: v1::ShareResult) -> &'static str {
    match value {
        v1::ShareResult::Met => "达标 met",
        v1::ShareResult::NotMet => "未达标 not met",
        v1::ShareResult::NotEnoughData => "数据不足 not enough data",
        v1::ShareResult::Unspecified => "–",
    }
}

/// What a rule counts.
#[must_use]
pub fn exchange_count(value: v1::ExchangeCount) -> &'static str {
    match value {
        v1::ExchangeCount::Exchanged => "交流的教师 exchanged",
        v1::ExchangeCount::BackboneExchanged => "交流的骨干教师 backbone exchanged",
        v1::ExchangeCount::FullTime => "专任教师 full-time",
        v1::ExchangeCount::Eligible => "符合条件的教师 eligible",
        v1::ExchangeCount::Backbone => "骨干教师 backbone",
        v1::ExchangeCount::EligibleBackbone => "符合条件的骨干教师 eligible backbone",
        v1::ExchangeCount::Unspecified => "–",
    }
}

/// How far a session is.
#[must_use]
pub fn session_status(value: v1::SessionStatus) -> &'static str {
    match value {
        v1::SessionStatus::Planned => "计划 planned",
        v1::SessionStatus::Announced => "已通知 announced",
        v1::SessionStatus::Held => "已举行 held",
        v1::SessionStatus::Recorded => "已归档 recorded",
        v1::SessionStatus::Postponed => "延期 postponed",
        v1::SessionStatus::Cancelled => "取消 cancelled",
        v1::SessionStatus::Unspecified => "–",
    }
}

/// How a session meets.
#[must_use]
pub fn session_mode(value: v1::SessionMode) -> &'static str {
    match value {
        v1::SessionMode::OnSite => "现场 on site",
        v1::SessionMode::OnlineLive => "线上直播 online, live",
        v1::SessionMode::OnlineAsync => "线上异步 online, in one's own time",
        v1::SessionMode::Unspecified => "–",
    }
}

/// How far a menu is.
#[must_use]
pub fn menu_status(value: v1::MenuStatus) -> &'static str {
    match value {
        v1::MenuStatus::Draft => "草稿 draft",
        v1::MenuStatus::Published => "已公布 published",
        v1::MenuStatus::Withdrawn => "已撤回 withdrawn",
        v1::MenuStatus::Amended => "已调整 amended",
        v1::MenuStatus::Closed => "已执行 closed",
        v1::MenuStatus::Unspecified => "–",
    }
}

/// The Chinese of a word.
#[must_use]
pub fn zh(word: &'static str) -> &'static str {
    word.split_once(' ').map_or(word, |(zh, _)| zh)
}
