//! `lianxiao words`: the vocabularies that come with the program, as a push for the office to send.

use super::Outcome;
use crate::kinds::registers::vocabulary::standard;
use crate::wire::v1;
use clap::Args;
use prost::Message as _;
use std::process::ExitCode;
use uuid::Uuid;

/// The name from which the ids of the vocabularies are made: pushed again they are the same records.
const NAMESPACE: Uuid = Uuid::from_u128(0x6c69_616e_7869_616f_8000_776f_7264_7300);

#[derive(Args)]
#[command(
    after_help = "Prints a PushRequest as JSON: lianxiao words | grpcurl -d @ … lianxiao.v1.SyncService/Push, with a \
                  token of the office. Pushed again it changes nothing; what the office changes afterwards stays."
)]
pub struct Words {
    /// Only these: subject, grade/6-3, title, allergen/GB7718 …; all when left out
    names: Vec<String>,
}

impl Words {
    pub fn run(&self) -> Outcome {
        let all: Vec<(String, v1::Vocabulary)> = standard()
            .into_iter()
            .map(|words| (name(&words), words))
            .collect();
        if let Some(unknown) = self
            .names
            .iter()
            .find(|name| !all.iter().any(|(of, _)| of == *name))
        {
            let known: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
            return Err(format!(
                "there are no words {unknown:?}; there are: {}",
                known.join(", ")
            )
            .into());
        }
        let wanted = all.into_iter();
        let wanted = wanted.filter(|(name, _)| self.names.is_empty() || self.names.contains(name));
        let mutations = wanted.map(|(name, words)| mutation(&name, words)).collect();
        println!("{}", json(mutations)?);
        Ok(ExitCode::SUCCESS)
    }
}

/// The topic, and the scheme if there are several.
fn name(words: &v1::Vocabulary) -> String {
    let topic = words.topic().as_str_name();
    let topic = topic.trim_start_matches("VOCABULARY_TOPIC_").to_lowercase();
    match words.scheme.as_str() {
        "" => topic,
        scheme => format!("{topic}/{scheme}"),
    }
}

/// The first put of a vocabulary; its id is new when the words are.
fn mutation(name: &str, words: v1::Vocabulary) -> v1::Mutation {
    let record = Uuid::new_v5(&NAMESPACE, name.as_bytes());
    let content = v1::Content {
        kind: Some(v1::content::Kind::Vocabulary(words)),
    };
    let content = content.encode_to_vec();
    v1::Mutation {
        mutation_id: Uuid::new_v5(&record, &content).to_string(),
        record_id: record.to_string(),
        reason: String::new(),
        wish: Some(v1::mutation::Wish::Put(v1::Put {
            content: content.into(),
            ..Default::default()
        })),
    }
}

fn json(mutations: Vec<v1::Mutation>) -> Result<String, super::Error> {
    let push = crate::wire::convert::push_request(&mutations).encode_to_vec();
    let push = crate::wire::json::shown("PushRequest", &push)?;
    Ok(serde_json::to_string_pretty(&push)?)
}
