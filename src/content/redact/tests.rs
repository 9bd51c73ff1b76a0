use super::*;
use crate::content::encoded::wrap;
use crate::content::scan::scan;
use crate::wire::v1;
use prost::Message as _;
use prost_reflect::FieldDescriptor;

const CONTENT: &str = "lianxiao.v1.Content";
const WHO: &str = "0b6f4a2e-7c1d-4e5f-8a9b-0c1d2e3f4a5b";

fn person(id: &str, name: &str) -> v1::PersonRef {
    v1::PersonRef {
        person_id: id.into(),
        display_name: name.into(),
        affiliation: "乙小学".into(),
    }
}

fn session() -> v1::Session {
    v1::Session {
        title: "张晓明老师公开课".into(),
        lead: Some(person(WHO, "张晓明")),
        speakers: vec![person("", "王老师"), person(WHO, "张老师")],
        minutes: Some(v1::Minutes {
            view: "张老师、王老师都说好".into(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn erased(content: &[u8], whose: Whose<'_>) -> Option<Bytes> {
    let mut names = Names::default();
    names.learn(CONTENT, content, whose);
    redact(CONTENT, content, whose, &names)
}

fn read(content: Bytes) -> v1::Session {
    match v1::Content::decode(content).unwrap().kind {
        Some(v1::content::Kind::Session(session)) => session,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_person_goes_and_the_others_stay() {
    let content = wrap(20, &session());
    let redacted = erased(&content, Whose::Person(WHO)).unwrap();
    let bare = || v1::PersonRef {
        person_id: WHO.into(),
        ..Default::default()
    };
    let expected = v1::Session {
        title: "已删除老师公开课".into(),
        lead: Some(bare()),
        speakers: vec![person("", "王老师"), bare()],
        minutes: Some(v1::Minutes {
            view: "已删除、王老师都说好".into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    assert_eq!(read(redacted.clone()), expected);
    assert_eq!(
        erased(&redacted, Whose::Person(WHO)),
        None,
        "once is enough"
    );
    let nobody = "11111111-1111-4111-8111-111111111111";
    assert_eq!(erased(&content, Whose::Person(nobody)), None);
}

#[test]
fn everybody_goes_and_what_is_left_keeps_the_contract() {
    let redacted = erased(&wrap(20, &session()), Whose::Everybody).unwrap();
    assert_eq!(scan(CONTENT, &redacted, ""), []);
    let left = read(redacted.clone());
    assert_eq!(left.speakers[0].display_name, ERASED);
    assert_eq!(left.speakers[0].affiliation, "");
    assert_eq!(left.minutes.unwrap().view, "已删除、已删除都说好");
    assert_eq!(erased(&redacted, Whose::Everybody), None);
}

#[test]
fn what_figures_count_stays_with_the_pseudonym() {
    let figures = v1::Exchange {
        person: Some(v1::PersonRef {
            person_id: WHO.into(),
            ..Default::default()
        }),
        rank_at_start: v1::Rank::Senior.into(),
        years_at_home: Some(6),
        titles_at_start: vec![v1::Title {
            title: "骨干教师".into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let named = v1::Exchange {
        person: Some(person(WHO, "张晓明")),
        ..figures.clone()
    };
    let redacted = erased(&wrap(21, &named), Whose::Person(WHO)).unwrap();
    assert_eq!(redacted, wrap(21, &figures));
}

#[test]
fn a_name_that_came_apart_from_its_id_goes_too() {
    let mut body = vec![];
    for piece in [person(WHO, ""), person("", "张晓明")] {
        prost::encoding::message::encode(11, &piece, &mut body);
    }
    let content = delimited(20, &body);
    let redacted = erased(&content, Whose::Person(WHO)).unwrap();
    let lead = read(redacted).lead.unwrap();
    assert_eq!(
        (lead.person_id.as_str(), lead.display_name.as_str()),
        (WHO, "")
    );
}

#[test]
fn the_edit_inside_a_conflict_is_redacted_in_its_place() {
    let id = crate::model::ids::RecordId(uuid::Uuid::from_u128(5));
    let state = crate::content::conflict::state(
        id,
        2,
        vec![],
        [wrap(20, &session()), wrap(20, &session())],
    );
    let redacted = redact(
        "lianxiao.v1.State",
        &state,
        Whose::Everybody,
        &Names::default(),
    );
    let (about, pushed) = crate::content::conflict::pushed(&redacted.unwrap()).unwrap();
    assert_eq!(about, id);
    assert_eq!(read(pushed).lead.unwrap().display_name, "");
}

/// Texts of records that speak of no person: days and hours, ids, codes, and the names of schools, rooms,
/// subjects and food. Whoever adds a text to the contract marks it or says here what it is.
const NO_PERSON: &[&str] = &[
    "AgendaItem.end",
    "AgendaItem.start",
    "Allergen.code",
    "Allergen.scheme",
    "AmendedMeal.after",
    "AmendedMeal.before",
    "AmendedMeal.date",
    "Amendment.no_service_dates",
    "AskedCorrection.field",
    "Attendance.campus_id",
    "Calendar.campus_id",
    "Campus.aliases",
    "Campus.joined",
    "Campus.left",
    "Campus.name",
    "Canteen.closed",
    "Canteen.name",
    "Canteen.opened",
    "ConflictState.paths",
    "ConflictState.record_id",
    "CorrectionState.record_id",
    "DayMeal.date",
    "Dish.name",
    "Exchange.pair_id",
    "Exchange.planned_end",
    "Exchange.planned_start",
    "Exchange.subject",
    "ExchangeRule.from",
    "ExchangeRule.name",
    "ExchangeRule.source",
    "ExchangeRule.until",
    "ExchangeState.real_end",
    "ExchangeState.real_start",
    "Extension.asked_by",
    "Extension.new_end",
    "Extension.old_end",
    "Ingredient.grade_band",
    "Ingredient.name",
    "Ingredient.portion",
    "Menu.canteen",
    "Menu.claimed_publish_time",
    "Menu.label",
    "Menu.menu_set",
    "Menu.service_dates",
    "MenuDeadline.from",
    "MenuDeadline.time",
    "NoServiceDay.date",
    "Paper.sha256",
    "Person.home_campus_id",
    "Policy.backbone_titles",
    "Policy.time_zone",
    "Postponement.old_dates",
    "PrepExpectation.campus_ids",
    "PrepExpectation.from",
    "PrepExpectation.grade",
    "PrepExpectation.subject",
    "PrepExpectation.until",
    "Product.sha256",
    "Product.version",
    "Proposal.record_id",
    "Retention.kind",
    "Session.grades",
    "Session.invited_campus_ids",
    "Session.subjects",
    "SessionDay.date",
    "SessionDay.end",
    "SessionDay.start",
    "SessionState.waived_campus_ids",
    "SpecialDay.date",
    "SpecialDay.label",
    "SpecialDay.service_week",
    "StaffCount.campus_id",
    "StaffCount.day",
    "Stay.campus_id",
    "Stay.exchange_id",
    "Stay.first_day",
    "Stay.last_day",
    "Term.first_day",
    "Term.last_day",
    "Term.name",
    "Unit.campus_id",
    "Vocabulary.scheme",
    "Word.aliases",
    "Word.code",
    "Word.from",
    "Word.name",
    "Word.until",
];

/// The texts of a message that the contract says nothing of, at any depth.
fn unmarked(message: &MessageDescriptor, found: &mut BTreeSet<String>) {
    for field in message.fields() {
        match (Schema::contract().personal(&field), field.kind()) {
            (Personal::Unspecified, Kind::Message(inner)) => {
                // A state may hold a content, which is looked through for itself.
                let ours = inner.full_name().starts_with("lianxiao.v1.");
                if ours && inner.full_name() != CONTENT {
                    unmarked(&inner, found);
                }
            }
            (Personal::Unspecified, Kind::String | Kind::Bytes) => {
                found.insert(format!("{}.{}", message.name(), field.name()));
            }
            _ => {}
        }
    }
}

#[test]
fn every_text_that_may_name_a_person_is_marked() {
    let mut found = BTreeSet::new();
    for part in [CONTENT, "lianxiao.v1.State"] {
        unmarked(&message(part), &mut found);
    }
    let known: BTreeSet<String> = NO_PERSON.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(found, known);
}

fn all_fields() -> impl Iterator<Item = FieldDescriptor> {
    CONTRACT
        .all_messages()
        .filter(|message| message.full_name().starts_with("lianxiao.v1."))
        .flat_map(|message| message.fields().collect::<Vec<_>>())
}

#[test]
fn marks_stand_on_fields_they_fit() {
    for field in all_fields() {
        let path = field.full_name().to_owned();
        let is_text = matches!(field.kind(), Kind::String);
        match Schema::contract().personal(&field) {
            Personal::Id | Personal::Name => assert!(is_text && !field.is_list(), "{path}"),
            Personal::Text => assert!(is_text, "{path}"),
            Personal::Unspecified | Personal::Trait | Personal::Figure => {}
        }
    }
}

#[test]
fn no_field_is_for_pupils_health_or_what_identifies_beyond_a_name() {
    const NEVER: [&str; 17] = [
        "birth",
        "birthday",
        "class",
        "diagnosis",
        "disease",
        "email",
        "gender",
        "guardian",
        "health",
        "identity",
        "illness",
        "mobile",
        "parent",
        "phone",
        "pupil",
        "student",
        "telephone",
    ];
    for field in all_fields() {
        let mut words = field.name().split('_');
        assert!(
            !words.any(|word| NEVER.contains(&word)),
            "{}",
            field.full_name()
        );
    }
}
