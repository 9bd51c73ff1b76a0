//! The vocabularies that come with the program, for an office to push and then to change: the words of national
//! documents, with the names they had and have for short. `lianxiao words` prints them.
//!
//! Sources: 义务教育课程方案 and 普通高中课程方案 (2022, 2017) for subjects; 人社部发〔2015〕79号 for ranks; the Ministry's
//! 意见 of 2014 for types of exchange; GB 7718-2025 and Regulation (EU) 1169/2011, Annex II, for allergens; names in
//! use for the rest. A word that a document ended has its last day.

use crate::wire::v1::{
    DishSlot as Slot, ExchangeType as Type, Rank, Stage, Vocabulary, VocabularyTopic as Topic, Word,
};

/// A word: what records hold, what people call it (empty: the same), and its old and short names.
type Entry = (&'static str, &'static str, &'static [&'static str]);

/// The school year in which the plan of 2022 began, and the day before it.
const PLAN: [&str; 2] = ["2022-09-01", "2022-08-31"];

const SUBJECTS: &[Entry] = &[
    ("语文", "", &["语", "国语文", "国语"]),
    ("数学", "", &["数"]),
    ("英语", "", &["英", "外语"]),
    (
        "道德与法治",
        "",
        &["道法", "品德与生活", "品德与社会", "思想品德", "品德"],
    ),
    ("科学", "", &["科"]),
    ("物理", "", &[]),
    ("化学", "", &[]),
    ("生物学", "", &["生物"]),
    ("历史", "", &["历史与社会"]),
    ("地理", "", &[]),
    ("体育与健康", "", &["体育", "体"]),
    ("艺术", "", &[]),
    ("音乐", "", &["音"]),
    ("美术", "", &["美"]),
    ("劳动", "", &["劳", "劳技", "劳动技术"]),
    ("综合实践活动", "", &["综合实践", "综实"]),
    ("书法", "", &[]),
    ("心理健康", "", &["心理"]),
    ("科技创新", "", &["科创"]),
];
const COMPUTING: Entry = ("信息科技", "", &["信息技术", "信息", "信"]);
const SENIOR: &[Entry] = &[
    ("语文", "", &["语"]),
    ("数学", "", &["数"]),
    ("英语", "", &["英", "外语"]),
    ("思想政治", "", &["政治"]),
    ("历史", "", &[]),
    ("地理", "", &[]),
    ("物理", "", &[]),
    ("化学", "", &[]),
    ("生物学", "", &["生物"]),
    ("信息技术", "", &["信息"]),
    ("通用技术", "", &["通技"]),
    ("体育与健康", "", &["体育"]),
    ("艺术", "", &[]),
    ("音乐", "", &[]),
    ("美术", "", &[]),
    ("劳动", "", &[]),
    ("综合实践活动", "", &["综合实践"]),
    ("心理健康", "", &["心理"]),
];
const KINDERGARTEN: &[Entry] = &[
    ("托班", "", &[]),
    ("小班", "", &[]),
    ("中班", "", &[]),
    ("大班", "", &[]),
];
const GRADES_1_TO_5: &[Entry] = &[
    ("一年级", "", &["1年级"]),
    ("二年级", "", &["2年级"]),
    ("三年级", "", &["3年级"]),
    ("四年级", "", &["4年级"]),
    ("五年级", "", &["5年级"]),
];
const GRADE_6: &[Entry] = &[("六年级", "", &["6年级"])];
/// In 5-4 schools 初一 is the sixth grade in one province and the seventh in another: only 预初 says which.
const GRADES_6_TO_9_OF_5_4: &[Entry] = &[
    ("六年级", "", &["6年级", "预初"]),
    ("七年级", "", &["7年级"]),
    ("八年级", "", &["8年级"]),
    ("九年级", "", &["9年级", "初四"]),
];
const GRADES_7_TO_9: &[Entry] = &[
    ("七年级", "", &["7年级", "初一", "新初一"]),
    ("八年级", "", &["8年级", "初二"]),
    ("九年级", "", &["9年级", "初三"]),
];
const GRADES_10_TO_12: &[Entry] = &[
    ("高一", "", &["高一年级", "高中一年级", "十年级"]),
    ("高二", "", &["高二年级", "高中二年级", "十一年级"]),
    ("高三", "", &["高三年级", "高中三年级", "十二年级"]),
];
const TITLES: &[Entry] = &[
    ("学科带头人", "", &["学带"]),
    ("骨干教师", "", &["骨干"]),
    ("教学能手", "", &["能手"]),
    ("教坛新秀", "", &["教坛新星", "教学新秀"]),
    ("名师", "", &["名教师"]),
    ("特级教师", "", &["特级"]),
];
const POSTS: &[Entry] = &[
    ("校长", "", &["园长"]),
    ("副校长", "", &["副园长"]),
    ("执行校长", "", &["执行园长"]),
    ("教导主任", "", &["教务主任", "教导处主任", "教务处主任"]),
    ("德育主任", "", &["德育处", "德育处主任", "政教主任"]),
    ("总务主任", "", &["总务", "总务处主任", "后勤主任"]),
    ("教研组长", "", &[]),
    ("备课组长", "", &[]),
    ("年级组长", "", &["年级主任"]),
    ("班主任", "", &[]),
    ("教师", "", &["任课教师", "科任教师"]),
    ("大队辅导员", "", &["少先队大队辅导员"]),
    ("校医", "", &["保健教师", "保健老师"]),
    ("食堂管理员", "", &["食堂负责人"]),
    ("食品安全员", "", &["食品安全管理员"]),
];
const RANKS: &[(Rank, &str, &[&str])] = &[
    (
        Rank::Third,
        "三级教师",
        &["员级", "小学二级教师", "中学三级教师"],
    ),
    (
        Rank::Second,
        "二级教师",
        &["助理级", "小学一级教师", "中学二级教师"],
    ),
    (
        Rank::First,
        "一级教师",
        &[
            "中级",
            "小学高级教师",
            "小学高级",
            "中学一级教师",
            "中学一级",
        ],
    ),
    (
        Rank::Senior,
        "高级教师",
        &["副高级", "副高", "中学高级教师", "中学高级", "小中高"],
    ),
    (Rank::Professor, "正高级教师", &["正高级", "正高"]),
];
const TYPES: &[(Type, &str, &[&str])] = &[
    (Type::Regular, "定期交流", &["轮岗", "交流轮岗"]),
    (Type::Competition, "跨校竞聘", &[]),
    (Type::District, "学区一体化管理", &["学区一体化"]),
    (Type::Alliance, "学校联盟", &["联盟"]),
    (Type::Branch, "名校办分校", &[]),
    (Type::Group, "集团化办学", &["集团化"]),
    (Type::Support, "对口支援", &["援藏", "援疆"]),
    (Type::Circuit, "乡镇中心学校教师走教", &["走教"]),
    (Type::PartTime, "跨校兼课", &["兼课"]),
    (Type::Shadowing, "跟岗", &["跟岗学习"]),
    (Type::Rural, "支教", &[]),
    (Type::Secondment, "管理干部挂职", &["挂职"]),
];
const SLOTS: &[(Slot, &str, &[&str])] = &[
    (Slot::Staple, "主食", &[]),
    (Slot::Main, "大荤", &["主荤"]),
    (Slot::HalfMeat, "小荤", &["半荤", "副荤"]),
    (Slot::Vegetable, "素菜", &["素", "蔬菜"]),
    (Slot::Soup, "汤", &["汤羹", "例汤"]),
    (Slot::Snack, "点心", &[]),
    (Slot::Fruit, "水果", &[]),
    (Slot::Milk, "奶制品", &["奶", "牛奶"]),
    (Slot::CoarseGrain, "粗粮", &["杂粮"]),
];
/// The eight groups of GB 7718-2025, which binds packed food from 2027-03-16 and canteens may follow before.
const GB7718: &[Entry] = &[
    ("麸质", "含有麸质的谷物", &["谷物"]),
    ("甲壳纲类", "甲壳纲类动物", &["甲壳类"]),
    ("鱼类", "", &["鱼"]),
    ("蛋类", "", &["蛋"]),
    ("花生", "", &[]),
    ("大豆", "", &["豆类"]),
    ("乳", "", &["乳及乳制品", "奶"]),
    ("坚果", "坚果及其果仁类", &[]),
];
/// The fourteen of the EU, in the order of Annex II: numbers and letters are both in use.
const EU14: [&str; 14] = [
    "含麸质谷物",
    "甲壳类",
    "蛋",
    "鱼",
    "花生",
    "大豆",
    "奶",
    "坚果",
    "芹菜",
    "芥末",
    "芝麻",
    "亚硫酸盐",
    "羽扇豆",
    "软体动物",
];
/// Since when Regulation 1169/2011 holds.
const EU14_FROM: &str = "2014-12-13";

/// The schemes of grades.
pub const SIX_THREE: &str = "6-3";
pub const FIVE_FOUR: &str = "5-4";

/// Every vocabulary that comes with the program: by topic and scheme.
#[must_use]
pub fn standard() -> Vec<Vocabulary> {
    let vocabulary = |topic: Topic, scheme: &str, words: Vec<Word>| Vocabulary {
        topic: topic.into(),
        scheme: scheme.to_owned(),
        words,
    };
    vec![
        vocabulary(Topic::Subject, "", subjects()),
        vocabulary(Topic::Subject, "高中", words(SENIOR)),
        vocabulary(
            Topic::Grade,
            SIX_THREE,
            grades(&[GRADES_1_TO_5, GRADE_6], GRADES_7_TO_9),
        ),
        vocabulary(
            Topic::Grade,
            FIVE_FOUR,
            grades(&[GRADES_1_TO_5], GRADES_6_TO_9_OF_5_4),
        ),
        vocabulary(Topic::Title, "", words(TITLES)),
        vocabulary(Topic::Post, "", words(POSTS)),
        vocabulary(Topic::Rank, "", coded(RANKS, Rank::as_str_name)),
        vocabulary(Topic::ExchangeType, "", coded(TYPES, Type::as_str_name)),
        vocabulary(Topic::Allergen, "GB7718", words(GB7718)),
        vocabulary(Topic::Allergen, "EU14", eu14()),
        vocabulary(Topic::DishSlot, "", coded(SLOTS, Slot::as_str_name)),
    ]
}

fn word(code: &str, name: &str, aliases: &[&str]) -> Word {
    Word {
        code: code.to_owned(),
        name: name.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        ..Default::default()
    }
}

fn words(entries: &[Entry]) -> Vec<Word> {
    let words = entries.iter();
    words
        .map(|(code, name, aliases)| word(code, name, aliases))
        .collect()
}

/// The words of an enum of the contract, by its values' names.
fn coded<E>(entries: &[(E, &str, &[&str])], code: fn(&E) -> &'static str) -> Vec<Word> {
    let words = entries.iter();
    words
        .map(|(value, name, aliases)| word(code(value), name, aliases))
        .collect()
}

/// 信息技术 was the subject until the plan of 2022 made it 信息科技.
fn subjects() -> Vec<Word> {
    let [from, until] = PLAN.map(str::to_owned);
    let (code, name, aliases) = COMPUTING;
    let new = Word {
        from,
        ..word(code, name, aliases)
    };
    let old = Word {
        until,
        ..word("信息技术", "", &[])
    };
    let mut words = words(SUBJECTS);
    words.extend([new, old]);
    words
}

/// The subjects of today, each with all its names; of senior schools those that others do not have.
pub fn subject_names() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let own = SUBJECTS.iter().chain([&COMPUTING]);
    let known = |name: &str| {
        let mut own = own.clone();
        own.any(|(code, _, aliases)| *code == name || aliases.contains(&name))
    };
    let senior: Vec<&Entry> = SENIOR.iter().filter(|(code, ..)| !known(code)).collect();
    let named = |(code, _, aliases): &Entry| (*code, [&[*code], *aliases].concat());
    own.chain(senior).map(named)
}

/// What a post is called today, by any of its names.
pub fn post_name(name: &str) -> Option<&'static str> {
    let called = |(code, _, aliases): &&Entry| *code == name || aliases.contains(&name);
    POSTS.iter().find(called).map(|(code, ..)| *code)
}

fn grades(primary: &[&[Entry]], junior: &[Entry]) -> Vec<Word> {
    let of = |stage: Stage, entries: &[Entry]| {
        let words = words(entries).into_iter();
        words.map(move |word| Word {
            stage: stage.into(),
            ..word
        })
    };
    let primary = primary.concat();
    of(Stage::Kindergarten, KINDERGARTEN)
        .chain(of(Stage::Primary, &primary))
        .chain(of(Stage::Junior, junior))
        .chain(of(Stage::Senior, GRADES_10_TO_12))
        .collect()
}

fn eu14() -> Vec<Word> {
    let from = |word| Word {
        from: EU14_FROM.to_owned(),
        ..word
    };
    let numbers = EU14
        .iter()
        .zip(1..)
        .map(|(name, n)| word(&i32::to_string(&n), name, &[]));
    let letters = EU14
        .iter()
        .zip('a'..)
        .map(|(name, letter)| word(&letter.to_string(), name, &[]));
    numbers.chain(letters).map(from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Rules as _;
    use crate::kinds::found::Found;
    use crate::kinds::registers::vocabulary::{VocabularyRules, Words};
    use crate::kinds::testing::{Group, case, case_in, record};
    use crate::model::finding::Code;
    use crate::model::ids::Place;
    use crate::wire::CONTRACT;
    use std::collections::BTreeSet;

    #[test]
    fn every_vocabulary_keeps_the_rules_of_the_register_and_no_word_is_ambiguous() {
        let mut keys = BTreeSet::new();
        for vocabulary in standard() {
            let mut found = Found::under("v".into());
            VocabularyRules::check(&vocabulary, &case(Place::Office), &mut found);
            assert_eq!(found.findings, []);
            assert!(keys.insert(VocabularyRules::keys(Place::Office, &vocabulary, &())));
            let mut spellings = BTreeSet::new();
            for word in &vocabulary.words {
                // An old word may be the alias of the one that took its place.
                let ended = !word.until.is_empty();
                let names = word.aliases.iter().chain([&word.code]);
                for name in names.filter(|_| !ended) {
                    assert!(
                        spellings.insert(name),
                        "{name} twice in {:?}",
                        vocabulary.topic()
                    );
                }
            }
        }
    }

    #[test]
    fn the_words_of_an_enum_are_all_its_values() {
        for (topic, name) in [
            (Topic::Rank, "Rank"),
            (Topic::ExchangeType, "ExchangeType"),
            (Topic::DishSlot, "DishSlot"),
        ] {
            let of_contract = CONTRACT
                .get_enum_by_name(&format!("lianxiao.v1.{name}"))
                .unwrap();
            let values = of_contract.values().filter(|value| value.number() != 0);
            let values: Vec<String> = values.map(|value| value.name().to_owned()).collect();
            let all = standard();
            let words = all
                .iter()
                .find(|vocabulary| vocabulary.topic() == topic)
                .unwrap();
            let codes: Vec<&str> = words.words.iter().map(|word| word.code.as_str()).collect();
            assert_eq!(codes, values);
        }
    }

    #[test]
    fn a_word_is_right_in_its_days() {
        let all = (1..).zip(standard());
        let all = all.map(|(n, vocabulary)| record::<VocabularyRules>(n, &vocabulary));
        let group = Group::of(all.filter(|record| record.id.0.as_u128() != 2).collect());
        let said = |topic, scheme: &str, word: &str, day: &str| {
            let mut found = Found::under("v".into());
            let words = Words::of(topic, &case_in(&group, Place::Office));
            words.check("w", scheme, word, day.parse().unwrap(), &mut found);
            found.findings.first().map(|finding| finding.code)
        };
        for (topic, scheme, word, day, expected) in [
            (Topic::Subject, "", "信息技术", "2022-08-31", None),
            (
                Topic::Subject,
                "",
                "信息技术",
                "2022-09-01",
                Some(Code::WordOld),
            ),
            (Topic::Subject, "", "信息科技", "2022-09-01", None),
            (
                Topic::Subject,
                "",
                "道法",
                "2026-05-12",
                Some(Code::WordOld),
            ),
            (
                Topic::Subject,
                "",
                "珠心算",
                "2026-05-12",
                Some(Code::WordUnknown),
            ),
            (
                Topic::Grade,
                "5-4",
                "预初",
                "2026-05-12",
                Some(Code::WordOld),
            ),
            (
                Topic::Grade,
                "6-3",
                "预初",
                "2026-05-12",
                Some(Code::WordUnknown),
            ),
            (Topic::Grade, "", "六年级", "2026-05-12", None),
            (Topic::Allergen, "EU14", "d", "2026-05-12", None),
            (
                Topic::Allergen,
                "EU14",
                "15",
                "2026-05-12",
                Some(Code::WordUnknown),
            ),
            (Topic::Allergen, "GB7718", "甲壳纲类", "2026-05-12", None),
        ] {
            assert_eq!(said(topic, scheme, word, day), expected, "{word} {day}");
        }
    }
}
