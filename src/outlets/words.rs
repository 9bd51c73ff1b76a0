//! What pages and sheets call the values of the contract, in Chinese and English: the words of the design.

use crate::wire::v1;

/// A word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// How it looks: good, warn, bad, quiet or plain.
    pub tone: &'static str,
}

const fn word(zh: &'static str, en: &'static str, tone: &'static str) -> Word {
    Word { zh, en, tone }
}

const UNKNOWN: Word = word("未知", "unknown", "quiet");

/// How far a session is.
#[must_use]
pub fn session_status(status: v1::SessionStatus) -> Word {
    use v1::SessionStatus::{
        Announced, Cancelled, Held, Planned, Postponed, Recorded, Unspecified,
    };
    match status {
        Planned => word("计划", "planned", "plain"),
        Announced => word("已通知", "announced", "plain"),
        Held => word("已举行", "held", "good"),
        Recorded => word("已归档", "recorded", "good"),
        Postponed => word("延期", "postponed", "warn"),
        Cancelled => word("取消", "cancelled", "quiet"),
        Unspecified => UNKNOWN,
    }
}

/// What kind of meeting a session is.
#[must_use]
pub fn session_form(form: v1::SessionForm) -> Word {
    use v1::SessionForm::{
        Contest, JointPrep, JointResearch, Outreach, SameLesson, Showcase, Training, Unspecified,
        VisitIn, VisitOut,
    };
    match form {
        JointPrep => word("集体备课", "joint prep", "plain"),
        JointResearch => word("联合教研", "joint research", "plain"),
        SameLesson => word("同课异构", "same lesson", "plain"),
        Outreach => word("送教", "outreach", "plain"),
        VisitIn => word("请进来", "visit in", "plain"),
        VisitOut => word("走出去", "visit out", "plain"),
        Training => word("培训", "training", "plain"),
        Showcase => word("展示", "showcase", "plain"),
        Contest => word("评比", "contest", "plain"),
        Unspecified => UNKNOWN,
    }
}

/// How a session meets.
#[must_use]
pub fn session_mode(mode: v1::SessionMode) -> Word {
    match mode {
        v1::SessionMode::OnSite => word("现场", "on site", "plain"),
        v1::SessionMode::OnlineLive => word("线上直播", "online, live", "plain"),
        v1::SessionMode::OnlineAsync => word("线上异步", "online, in one's own time", "plain"),
        v1::SessionMode::Unspecified => UNKNOWN,
    }
}

/// How far an exchange is.
#[must_use]
pub fn exchange_status(status: v1::ExchangeStatus) -> Word {
    use v1::ExchangeStatus::{
        Accepted, Active, Approved, Cancelled, Completed, Declined, Draft, Proposed, Returned,
        Unspecified, Withdrawn,
    };
    match status {
        Draft => word("草稿", "draft", "quiet"),
        Proposed => word("拟派", "proposed", "plain"),
        Accepted => word("接收", "accepted", "plain"),
        Approved => word("批准", "approved", "plain"),
        Active => word("在岗", "active", "good"),
        Completed => word("期满", "completed", "good"),
        Withdrawn => word("撤回", "withdrawn", "quiet"),
        Declined => word("不接收", "declined", "warn"),
        Returned => word("退回", "returned", "warn"),
        Cancelled => word("取消", "cancelled", "quiet"),
        Unspecified => UNKNOWN,
    }
}

/// What kind of exchange it is.
#[must_use]
pub fn exchange_type(of: v1::ExchangeType) -> Word {
    use v1::ExchangeType as T;
    match of {
        T::Regular => word("定期交流", "regular", "plain"),
        T::Competition => word("跨校竞聘", "by competition", "plain"),
        T::District => word("学区一体化管理", "school district", "plain"),
        T::Alliance => word("学校联盟", "alliance", "plain"),
        T::Branch => word("名校办分校", "branch of a school", "plain"),
        T::Group => word("集团化办学", "within a group", "plain"),
        T::Support => word("对口支援", "support", "plain"),
        T::Circuit => word("教师走教", "circuit", "plain"),
        T::PartTime => word("跨校兼课", "part-time", "plain"),
        T::Shadowing => word("跟岗", "shadowing", "plain"),
        T::Rural => word("支教", "rural", "plain"),
        T::Secondment => word("挂职", "secondment", "plain"),
        T::Unspecified => UNKNOWN,
    }
}

/// Why the office looks at an exchange.
#[must_use]
pub fn exchange_concern(of: v1::ExchangeConcern) -> Word {
    use v1::ExchangeConcern as C;
    match of {
        C::HalfOpen => word("双向交流只有一半", "only half of a pair", "warn"),
        C::NotArrived => word("逾期未到岗", "approved, not arrived", "bad"),
        C::PastEnd => word("逾期未离岗", "past its end", "bad"),
        C::EndingSoon => word("将满", "ending soon", "plain"),
        C::OverlappingShares => word("时间重叠", "overlapping shares", "warn"),
        C::NoTitles => word("未登记称号", "no titles recorded", "warn"),
        C::Unspecified => UNKNOWN,
    }
}

/// How far a menu is.
#[must_use]
pub fn menu_status(status: v1::MenuStatus) -> Word {
    use v1::MenuStatus::{Amended, Closed, Draft, Published, Unspecified, Withdrawn};
    match status {
        Draft => word("草稿", "draft", "quiet"),
        Published => word("已公布", "published", "good"),
        Withdrawn => word("已撤回", "withdrawn", "quiet"),
        Amended => word("已调整", "amended", "warn"),
        Closed => word("已执行", "closed", "good"),
        Unspecified => UNKNOWN,
    }
}

/// Who eats a menu.
#[must_use]
pub fn menu_audience(of: v1::MenuAudience) -> Word {
    match of {
        v1::MenuAudience::Pupils => word("学生", "pupils", "plain"),
        v1::MenuAudience::Staff => word("教职工", "staff", "plain"),
        v1::MenuAudience::Kindergarten => word("幼儿", "kindergarten", "plain"),
        v1::MenuAudience::Unspecified => UNKNOWN,
    }
}

/// A campus's part in the group.
#[must_use]
pub fn campus_role(of: v1::CampusRole) -> Word {
    match of {
        v1::CampusRole::Head => word("总校", "head school", "plain"),
        v1::CampusRole::Branch => word("分校", "branch", "plain"),
        v1::CampusRole::Member => word("成员校", "member", "plain"),
        v1::CampusRole::Unspecified => UNKNOWN,
    }
}

/// A meal of the day.
#[must_use]
pub fn meal(of: v1::Meal) -> Word {
    match of {
        v1::Meal::Breakfast => word("早餐", "breakfast", "plain"),
        v1::Meal::MorningSnack => word("早点", "morning snack", "plain"),
        v1::Meal::Lunch => word("午餐", "lunch", "plain"),
        v1::Meal::AfternoonSnack => word("午点", "afternoon snack", "plain"),
        v1::Meal::Dinner => word("晚餐", "dinner", "plain"),
        v1::Meal::Unspecified => UNKNOWN,
    }
}

/// How a campus stands with its menus.
#[must_use]
pub fn menu_standing(state: v1::MenuStandingState) -> Word {
    use v1::MenuStandingState as S;
    match state {
        S::OnTime => word("按时", "on time", "good"),
        S::Late => word("迟报", "late", "warn"),
        S::Excused => word("迟报·已核准", "late, excused", "plain"),
        S::Incomplete => word("不全", "incomplete", "warn"),
        S::Missing => word("未报", "missing", "bad"),
        S::NotApplicable => word("不适用", "not applicable", "quiet"),
        S::Unspecified => UNKNOWN,
    }
}

/// The sign of that in a cell, which a print in black and white keeps.
#[must_use]
pub fn menu_sign(state: v1::MenuStandingState) -> &'static str {
    use v1::MenuStandingState as S;
    match state {
        S::OnTime => "✓",
        S::Late | S::Excused => "○",
        S::Incomplete => "◐",
        S::Missing => "✗",
        S::NotApplicable | S::Unspecified => "–",
    }
}
