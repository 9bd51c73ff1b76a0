//! `lianxiao office excuse`: the office's consent to a late menu.

use crate::cli::Error;
use crate::client::{Line, ReplicaError, fresh_id};
use crate::model::text::harmless;
use crate::wire::{convert, v1};
use clap::{Args, ValueEnum};
use prost::Message as _;
use v1::menu_action::Action;

#[derive(Args)]
#[group(skip)]
pub struct Excuse {
    /// The menu, by record id: `office matrix` lists the late ones
    record: String,
    /// Why
    #[arg(long, required_unless_present = "revoke")]
    reason: Option<Reason>,
    /// Take an excuse back
    #[arg(long, conflicts_with = "reason")]
    revoke: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Reason {
    /// 断网、断电或设备故障
    Equipment,
    /// 供货临时变动
    Supply,
    /// 经办人员缺勤
    People,
    /// 上级临时安排
    Order,
    /// 天气、疫情等
    Force,
    /// 其他
    Other,
}

impl Reason {
    fn code(self) -> v1::ExcuseReason {
        match self {
            Reason::Equipment => v1::ExcuseReason::Equipment,
            Reason::Supply => v1::ExcuseReason::Supply,
            Reason::People => v1::ExcuseReason::People,
            Reason::Order => v1::ExcuseReason::Order,
            Reason::Force => v1::ExcuseReason::Force,
            Reason::Other => v1::ExcuseReason::Other,
        }
    }
}

impl Excuse {
    /// Asks for it; what the hub says to it.
    pub async fn ask(&self, line: &Line) -> Result<String, Error> {
        let request = v1::GetRecordRequest {
            record_id: self.record.clone(),
            ..Default::default()
        };
        let menu = line.sync().get_record(request).await;
        let menu = menu.map_err(ReplicaError::from)?.into_inner().record;
        let act = v1::Act {
            seen_version: menu.unwrap_or_default().version,
            action: self.action().encode_to_vec().into(),
        };
        let mutation = v1::Mutation {
            mutation_id: fresh_id().to_string(),
            record_id: self.record.clone(),
            wish: Some(v1::mutation::Wish::Act(act)),
            ..Default::default()
        };
        let answer = line.sync().push(convert::push_request(&[mutation])).await;
        let answer = answer.map_err(ReplicaError::from)?.into_inner();
        let result = answer.results.into_iter().next().unwrap_or_default();
        match result.outcome() {
            v1::Outcome::Applied => Ok(format!(
                "已记入，第 {0} 版 noted, version {0}\n",
                result.version
            )),
            v1::Outcome::Unchanged => Ok("已是如此 it stands so already\n".to_owned()),
            _ => Err(refusal(&result).into()),
        }
    }

    fn action(&self) -> v1::Action {
        let action = match self.reason {
            Some(reason) => Action::Excuse(v1::ExcuseMenu {
                reason: reason.code().into(),
            }),
            None => Action::RevokeExcuse(v1::RevokeExcuse {}),
        };
        let action = Some(action);
        v1::Action {
            kind: Some(v1::action::Kind::Menu(v1::MenuAction { action })),
        }
    }
}

fn refusal(result: &v1::PushResult) -> String {
    let said = result.refusals.iter();
    let said: Vec<String> = said
        .map(|finding| harmless(&format!("{} {}", finding.message_zh, finding.message_en)))
        .collect();
    said.join("; ")
}
