//! `lianxiao campus act`: every action of the contract, made from its descriptors, so that a new one is not
//! forgotten: flags for scripts, questions for people.

use super::lang::{Lang, say};
use super::told::{self, Copy};
use super::words::{self, Action};
use super::{Door, Screen, ask, list};
use crate::cli::{Error, Outcome};
use crate::wire::{CONTRACT, comments, json};
use bytes::Bytes;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind};
use serde_json::{Map, Value};

/// The argument that names the record.
const RECORD: &str = "record";
/// The argument that says why.
const WHY: &str = "why";
/// The argument that names more records.
const WITH: &str = "with";

/// An action, as it was asked for.
#[derive(Debug)]
pub struct Act {
    record: String,
    /// `None`: whoever sits there is asked.
    action: Option<Action>,
    given: Map<String, Value>,
    why: String,
    /// The same is asked of these, all or none.
    with: Vec<String>,
}

impl Args for Act {
    fn augment_args(command: Command) -> Command {
        let mut command =
            command
                .args_conflicts_with_subcommands(true)
                .subcommand_precedence_over_arg(true)
                .subcommand_value_name("KIND ACTION")
                .arg(Arg::new(RECORD).value_name("RECORD").help(
                    "The record, by the beginning of its id: asks for an action of its kind",
                ));
        let mut kinds: Vec<(String, Vec<Action>)> = Vec::new();
        for action in words::actions() {
            match kinds.last_mut().filter(|(kind, _)| *kind == action.kind) {
                Some((_, actions)) => actions.push(action),
                None => kinds.push((action.kind.clone(), vec![action])),
            }
        }
        for (kind, actions) in kinds {
            let all = actions.iter().map(subcommand);
            command = match kind.as_str() {
                "" => command.subcommands(all),
                kind => command.subcommand(
                    Command::new(kind.to_owned())
                        .about(words::kind(kind, Lang::Zh))
                        .subcommand_required(true)
                        .arg_required_else_help(true)
                        .subcommands(all),
                ),
            };
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The command of one action.
fn subcommand(action: &Action) -> Command {
    let said = comments::of_field(&action.field);
    let record = Arg::new(RECORD)
        .value_name("RECORD")
        .required(true)
        .help("The record, by the beginning of its id");
    let why = Arg::new(WHY)
        .long(WHY)
        .value_name("CODE")
        .help("Why, as a code in UPPER_SNAKE_CASE that the history shows");
    let with = Arg::new(WITH)
        .long(WITH)
        .value_name("RECORD")
        .action(ArgAction::Append)
        .help("The same for this record, all or none: the other half of a two-way exchange");
    Command::new(action.name())
        .about(format!("{}：{said}", action.called(Lang::Zh)))
        .arg(record)
        .args(fields(action).iter().map(argument))
        .arg(why)
        .arg(with)
}

fn fields(action: &Action) -> Vec<FieldDescriptor> {
    let message = action.field.kind();
    let message = message.as_message().expect("actions are messages");
    message.fields().collect()
}

fn argument(field: &FieldDescriptor) -> Arg {
    let argument = Arg::new(field.name().to_owned())
        .long(field.name().replace('_', "-"))
        .help(comments::of_field(field))
        .action(match field.is_list() {
            true => ArgAction::Append,
            false => ArgAction::Set,
        });
    match field.kind() {
        Kind::Enum(values) => argument.value_parser(PossibleValuesParser::new(options(&values))),
        Kind::Message(_) => argument.value_name("JSON"),
        Kind::Int32 => argument.value_name("NUMBER"),
        _ => argument,
    }
}

/// The values of an enum of the contract, as options.
pub fn values_of(name: &str) -> PossibleValuesParser {
    let values = CONTRACT.get_enum_by_name(&format!("lianxiao.v1.{name}"));
    PossibleValuesParser::new(options(&values.expect("the contract has it")))
}

fn options(values: &EnumDescriptor) -> Vec<String> {
    let stated = values.values().filter(|value| value.number() != 0);
    stated.map(|value| words::short(&value)).collect()
}

impl FromArgMatches for Act {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let Some((kind, inner)) = matches.subcommand() else {
            let record = matches.get_one::<String>(RECORD).cloned();
            return Ok(Act {
                record: record
                    .ok_or_else(|| clap::Error::new(clap::error::ErrorKind::MissingSubcommand))?,
                action: None,
                given: Map::new(),
                why: String::new(),
                with: Vec::new(),
            });
        };
        let (kind, name, inner) = match inner.subcommand() {
            Some((name, inner)) => (kind, name, inner),
            None => ("", kind, inner),
        };
        let mut all = words::actions().into_iter();
        let action = all.find(|action| action.kind == kind && action.name() == name);
        let action = action.expect("the commands are made from the same list");
        let mut given = Map::new();
        for field in fields(&action) {
            let Some(texts) = inner.get_many::<String>(field.name()) else {
                continue;
            };
            let values: Result<Vec<Value>, String> =
                texts.map(|text| value(&field, text)).collect();
            let values = values
                .map_err(|why| clap::Error::raw(clap::error::ErrorKind::ValueValidation, why))?;
            given.insert(field.name().to_owned(), together(&field, values));
        }
        Ok(Act {
            record: inner.get_one::<String>(RECORD).cloned().unwrap_or_default(),
            action: Some(action),
            given,
            why: inner.get_one::<String>(WHY).cloned().unwrap_or_default(),
            with: inner
                .get_many::<String>(WITH)
                .map_or_else(Vec::new, |with| with.cloned().collect()),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// What was typed for a field, as JSON.
fn value(field: &FieldDescriptor, text: &str) -> Result<Value, String> {
    let name = field.name().replace('_', "-");
    let bad = |what: &str| format!("--{name}: {text:?} is no {what}\n");
    match field.kind() {
        Kind::String => Ok(text.into()),
        Kind::Enum(values) => {
            let mut all = values.values().filter(|value| value.number() != 0);
            let named = all.find(|value| words::short(value) == text);
            let options = options(&values).join(", ");
            named
                .map(|value| value.name().into())
                .ok_or_else(|| bad(&format!("value; there are {options}")))
        }
        Kind::Message(_) => serde_json::from_str(text).map_err(|why| bad(&format!("JSON ({why})"))),
        _ => serde_json::from_str(text).map_err(|_| bad("number")),
    }
}

/// The value of a field that may have been given in several pieces.
fn together(field: &FieldDescriptor, mut values: Vec<Value>) -> Value {
    if !field.is_list() {
        return values.pop().unwrap_or_default();
    }
    let rows = values.into_iter().flat_map(|value| match value {
        Value::Array(rows) => rows,
        row => vec![row],
    });
    rows.collect()
}

impl Act {
    pub async fn run(mut self, door: &Door, screen: Screen) -> Outcome {
        let lang = screen.lang;
        let replica = door.copy().await?;
        let copy = Copy::of(&replica).await?;
        let record = list::find(&replica, &copy, &self.record).await?;
        let content = replica.content(&record).await?.unwrap_or_default();
        let kind = told::kind_name(&content);
        let action = match self.action.take() {
            Some(action) => action,
            None => choose(&kind, lang)?,
        };
        let mut records = vec![record];
        for other in &self.with {
            records.push(list::find(&replica, &copy, other).await?);
        }
        for record in &records {
            let content = replica.content(record).await?.unwrap_or_default();
            fits(&action, &told::kind_name(&content), lang)?;
            if ask::somebody() {
                let title = crate::model::text::harmless(&copy.title(&content, lang));
                eprintln!("{title}：{}", action.called(lang));
            }
        }
        if ask::somebody() {
            fill(&action, &mut self.given, lang)?;
        }
        let action = encoded(&action, self.given)?;
        let actions = records.into_iter().map(|record| (record, action.clone()));
        let typed = replica.act_all(&self.why, actions).await?;
        super::typed(&replica, &typed, screen).await
    }
}

/// An action is of the record's kind, or of every kind.
fn fits(action: &Action, kind: &str, lang: Lang) -> Result<(), Error> {
    if action.kind.is_empty() || action.kind == kind {
        return Ok(());
    }
    let (is, wanted) = (words::kind(kind, lang), words::kind(&action.kind, lang));
    Err(say!(
        lang,
        "这条记录是{is}，不是{wanted}",
        "the record is a {is}, not a {wanted}"
    )
    .into())
}

/// Asks which action of a kind is meant.
fn choose(kind: &str, lang: Lang) -> Result<Action, Error> {
    let all = words::actions().into_iter();
    let fit: Vec<Action> = all
        .filter(|action| action.kind == kind || action.kind.is_empty())
        .collect();
    let names: Vec<String> = fit
        .iter()
        .map(|action| format!("{} {}", action.name(), action.called(lang)))
        .collect();
    if !ask::somebody() {
        let (names, kind) = (names.join("、"), kind.replace('_', "-"));
        return Err(say!(
            lang,
            "请写明操作：lianxiao campus act {kind} 操作 编号；有 {names}",
            "say which action: lianxiao campus act {kind} ACTION RECORD; there are {names}"
        )
        .into());
    }
    for (number, name) in names.iter().enumerate() {
        eprintln!("{:>3}  {name}", number + 1);
    }
    let answer = ask::line(lang.pick("哪一项？", "Which one? "))?;
    let by_number = answer
        .parse::<usize>()
        .ok()
        .and_then(|number| number.checked_sub(1));
    let chosen = by_number.or_else(|| fit.iter().position(|action| action.name() == answer));
    let chosen = chosen.and_then(|index| fit.get(index)).cloned();
    let none = || {
        say!(
            lang,
            "没有“{answer}”这一项",
            "there is no action {answer:?}"
        )
        .into()
    };
    chosen.ok_or_else(none)
}

/// Asks for every field that was not given; an empty answer leaves it out.
fn fill(action: &Action, given: &mut Map<String, Value>, lang: Lang) -> Result<(), Error> {
    for field in fields(action) {
        if given.contains_key(field.name()) {
            continue;
        }
        let choices = match field.kind() {
            Kind::Enum(values) => {
                let stated = values.values().filter(|value| value.number() != 0);
                let told = stated.map(|value| {
                    format!(
                        "{} {}",
                        words::short(&value),
                        words::value(value.name(), lang)
                    )
                });
                format!(" [{}]", told.collect::<Vec<_>>().join("、"))
            }
            Kind::Message(_) => " [JSON]".to_owned(),
            _ => String::new(),
        };
        let question = format!(
            "{}（{}）{choices}：",
            field.name(),
            comments::of_field(&field)
        );
        loop {
            let text = ask::line(&question)?;
            if text.is_empty() {
                break;
            }
            match value(&field, &text) {
                Ok(value) => {
                    given.insert(field.name().to_owned(), together(&field, vec![value]));
                    break;
                }
                Err(why) => eprint!("{why}"),
            }
        }
    }
    Ok(())
}

/// The action as the contract encodes it.
fn encoded(action: &Action, given: Map<String, Value>) -> Result<Bytes, Error> {
    let inner = Map::from_iter([(action.field.name().to_owned(), Value::Object(given))]);
    let whole = match action.kind.as_str() {
        "" => Value::Object(inner),
        kind => Value::Object(Map::from_iter([(kind.to_owned(), Value::Object(inner))])),
    };
    Ok(json::read("Action", &whole)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::v1;
    use prost::Message as _;

    fn parsed(line: &str) -> Result<Act, clap::Error> {
        let command = Act::augment_args(Command::new("act")).no_binary_name(true);
        Act::from_arg_matches(&command.try_get_matches_from(line.split_whitespace())?)
    }

    fn meant(line: &str) -> v1::action::Kind {
        let act = parsed(line).unwrap();
        let action = encoded(&act.action.unwrap(), act.given).unwrap();
        v1::Action::decode(action).unwrap().kind.unwrap()
    }

    #[test]
    fn every_action_of_the_contract_can_be_asked_for() {
        for action in words::actions() {
            let line = format!("{} {} c0a8", action.kind, action.name());
            let act = parsed(&line).unwrap();
            assert_eq!(act.record, "c0a8");
            encoded(&act.action.unwrap(), act.given).unwrap();
        }
    }

    #[test]
    fn flags_become_the_fields_of_the_action() {
        let line = r#"menu amend c0a8 --reason out-of-stock --meals [{"date":"2026-05-12","meal":"MEAL_LUNCH"}]"#;
        let v1::action::Kind::Menu(menu) = meant(line) else {
            panic!("a menu's action")
        };
        let Some(v1::menu_action::Action::Amend(amend)) = menu.action else {
            panic!("an amendment")
        };
        assert_eq!(amend.reason(), v1::AmendReason::OutOfStock);
        assert_eq!(amend.meals[0].date, "2026-05-12");
        let v1::action::Kind::Session(session) =
            meant("session report-attendance c0a8 --expected 8 --attended 7")
        else {
            panic!("a session's action")
        };
        let report = v1::ReportAttendance {
            expected: 8,
            attended: 7,
        };
        let expected = v1::session_action::Action::ReportAttendance(report);
        assert_eq!(session.action, Some(expected));
    }

    #[test]
    fn what_is_no_action_or_no_value_is_refused_with_the_way_out() {
        assert!(parsed("menu eat c0a8").is_err());
        let wrong = parsed("menu amend c0a8 --reason bored")
            .unwrap_err()
            .to_string();
        assert!(wrong.contains("out-of-stock"), "{wrong}");
        assert!(parsed("session report-attendance c0a8 --expected viel").is_err());
        assert!(parsed("").is_err());
        assert!(parsed("c0a8").unwrap().action.is_none());
    }
}
