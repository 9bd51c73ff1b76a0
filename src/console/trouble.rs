//! Why a page is not shown, in Chinese and English. The same refusals as in `grpc/status.rs`, as HTTP calls them.

use super::clerk::words;
use super::frame::Frame;
use super::read::Ground;
use crate::client::ReplicaError;
use crate::hub::HubError;
use crate::wire::convert::BadArgument;
use crate::wire::v1;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// The reason of a wish that was refused as an item of a push is.
const REFUSED: &str = "REJECTED";

/// A refusal.
pub struct Trouble {
    status: StatusCode,
    reason: &'static str,
    /// What is the matter, and the way out.
    zh: String,
    en: String,
}

/// The reason by which a refusal is counted.
#[derive(Clone, Copy)]
pub struct Counted(pub &'static str);

#[derive(Template)]
#[template(path = "templates/trouble.html")]
struct Page<'a> {
    frame: Frame,
    trouble: &'a Trouble,
}

impl Trouble {
    /// A form that another page sent.
    pub fn foreign_form() -> Self {
        Trouble {
            status: StatusCode::FORBIDDEN,
            reason: "NOT_ALLOWED",
            zh: "这个表单不是从本中心的页面发出的，未予办理。请打开本中心的页面再试。".to_owned(),
            en:
                "This form was not sent from a page of this hub. Open the hub's page and try again."
                    .to_owned(),
        }
    }

    /// The page of a campus, asked for by somebody who acts for none.
    pub fn no_campus() -> Self {
        Trouble {
            status: StatusCode::FORBIDDEN,
            reason: "NOT_ALLOWED",
            zh: "这一页是学校经办人的。您的凭证不属于哪一所学校；要替学校上报，请用该校的凭证登录。".to_owned(),
            en: "This page is a school's. Your credential belongs to none: to push for a school, sign in with its own."
                .to_owned(),
        }
    }

    /// A page of a copy that is none yet.
    pub fn no_copy() -> Self {
        Trouble {
            status: StatusCode::SERVICE_UNAVAILABLE,
            reason: "UNAVAILABLE",
            zh: "本机还没有副本。联网后会自动取一份，稍候刷新这一页。".to_owned(),
            en: "There is no copy on this computer yet. It comes by itself when there is a line: look again in a moment."
                .to_owned(),
        }
    }

    /// Whoever does not come from the address that was printed.
    pub fn not_let_in() -> Self {
        Trouble {
            status: StatusCode::FORBIDDEN,
            reason: "NOT_ALLOWED",
            zh: "请用 lianxiao campus open 印出的网址打开；那个网址只能用一次，要再用就重新运行。".to_owned(),
            en: "Open the address that lianxiao campus open printed. It is good once: run it again for another."
                .to_owned(),
        }
    }

    /// A form that does not hold what its page put into it.
    pub fn bad_form(zh: &str, en: &str) -> Self {
        Trouble {
            status: StatusCode::BAD_REQUEST,
            reason: "INVALID_ARGUMENT",
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }

    /// What the hub refused of a wish, which counted it already.
    pub fn refused(refusals: &[v1::Finding], ground: &Ground) -> Self {
        let both = refusals.iter().map(|finding| {
            let zh = words::said(&finding.message_zh, ground);
            (zh, finding.message_en.clone())
        });
        let (zh, en): (Vec<String>, Vec<String>) = both.unzip();
        Trouble {
            status: StatusCode::CONFLICT,
            reason: REFUSED,
            zh: format!("未办理：{}", zh.join("；")),
            en: format!("Nothing was done: {}", en.join("; ")),
        }
    }

    /// The sentences, to be shown beside a form.
    pub fn sentences(&self) -> (&str, &str) {
        (&self.zh, &self.en)
    }

    /// The status with which a form is shown again.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Counts a refusal that is told by an answer of another form.
    pub fn counted(&self, mut answer: Response) -> Response {
        answer.extensions_mut().insert(Counted(self.reason));
        answer
    }
}

impl From<ReplicaError> for Trouble {
    fn from(error: ReplicaError) -> Self {
        tracing::error!(%error, "a copy failed");
        let (zh, en) = match error.disk_full() {
            true => (
                "本机磁盘已满：刚才这一步没有存下，以前录入的都还在。请腾出空间再做一次。",
                "This computer's disk is full: this step was not stored, all before it was. Make room and do it again.",
            ),
            false => (
                "本机副本文件读写失败，刚才这一步没有存下。请再做一次。",
                "The copy's file failed, and this step was not stored. Do it again.",
            ),
        };
        Trouble {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            reason: "INTERNAL",
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

impl From<HubError> for Trouble {
    fn from(error: HubError) -> Self {
        error.log();
        let (status, zh) = match &error {
            HubError::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                "本中心不认识这个令牌。请核对是否粘贴完整，或向管理员要一个新的。".to_owned(),
            ),
            HubError::Revoked(_) => (
                StatusCode::UNAUTHORIZED,
                "这个凭证已被收回。请向管理员要一个新的。".to_owned(),
            ),
            HubError::Expired(_) => (
                StatusCode::UNAUTHORIZED,
                "这个凭证已到期。请向管理员要一个新的。".to_owned(),
            ),
            HubError::Locked(_) => (
                StatusCode::UNAUTHORIZED,
                "中心刚从备份恢复，管理员还没有确认这个凭证。".to_owned(),
            ),
            HubError::InvitationUnknown => (
                StatusCode::NOT_FOUND,
                "没有这个邀请。请核对是否粘贴完整，或向管理员要一个新的。".to_owned(),
            ),
            HubError::InvitationUsed => (
                StatusCode::CONFLICT,
                "这个邀请已经用过了。请向管理员要一个新的。".to_owned(),
            ),
            HubError::InvitationExpired => (
                StatusCode::GONE,
                "这个邀请已过期。请向管理员要一个新的。".to_owned(),
            ),
            HubError::Denied(_) => (StatusCode::FORBIDDEN, "您的凭证不能看这一页。".to_owned()),
            HubError::Invalid { field, .. } => {
                (StatusCode::BAD_REQUEST, format!("「{field}」的写法不对。"))
            }
            HubError::NotFound { .. } => (
                StatusCode::NOT_FOUND,
                "没有这一条，或者它不在您可以看的范围内。".to_owned(),
            ),
            HubError::TooOften { wait, .. } => (
                StatusCode::TOO_MANY_REQUESTS,
                format!("过于频繁，请在 {} 秒后再试。", wait.as_secs() + 1),
            ),
            HubError::Full { .. } => (
                StatusCode::TOO_MANY_REQUESTS,
                "打开的页面过多，请关掉几个再试。".to_owned(),
            ),
            HubError::TooMuch { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "内容过大。".to_owned()),
            HubError::Exists { .. } => (StatusCode::CONFLICT, "这个名称已被占用。".to_owned()),
            HubError::Behind { .. } | HubError::Stopping | HubError::Store(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "中心暂时不能答复，请稍候再试。".to_owned(),
            ),
            HubError::BacksUpItself | HubError::InUse(_) | HubError::Folder(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "中心出了差错。".to_owned(),
            ),
        };
        let en = match &error {
            // Its cause is for the log.
            HubError::Store(_) => "the hub's database failed; try again".to_owned(),
            error => error.to_string(),
        };
        Trouble {
            status,
            reason: error.reason(),
            zh,
            en,
        }
    }
}

impl From<BadArgument> for Trouble {
    fn from(bad: BadArgument) -> Self {
        HubError::invalid(bad.field, bad.why).into()
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let page = Page {
            frame: Frame::outside("未能显示 Not shown"),
            trouble: &self,
        };
        let answer = html(self.status, &page);
        match self.reason {
            REFUSED => answer,
            _ => self.counted(answer),
        }
    }
}

/// A page that there is not.
pub async fn no_page() -> Trouble {
    Trouble {
        status: StatusCode::NOT_FOUND,
        reason: "NOT_FOUND",
        zh: "没有这一页。".to_owned(),
        en: "There is no such page. Programs speak gRPC on this port; try grpcurl.".to_owned(),
    }
}

/// A page as it is sent.
pub fn html(status: StatusCode, page: &impl Template) -> Response {
    (status, Html(text(page))).into_response()
}

/// The text of a page.
pub fn text(page: &impl Template) -> String {
    page.render()
        .expect("a template of plain values can be filled")
}
