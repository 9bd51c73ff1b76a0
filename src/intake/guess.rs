//! What a file is, when nobody says: told by the words that only one kind of sheet holds.

use super::What;
use super::fold::fold;
use super::source::{Unreadable, sheets};

/// Words that tell a kind, and what each weighs.
const WORDS: [(What, &[(&str, usize)]); 6] = [
    (
        What::Menu,
        &[
            ("食谱", 5),
            ("菜谱", 5),
            ("菜单", 5),
            ("午餐", 2),
            ("早餐", 2),
            ("晚餐", 2),
            ("午点", 2),
            ("早点", 2),
            ("主食", 2),
            ("大荤", 2),
            ("小荤", 2),
            ("素菜", 2),
            ("水果", 1),
            ("汤", 1),
            ("米饭", 2),
            ("带量", 3),
        ],
    ),
    (
        What::Session,
        &[
            ("集体备课", 5),
            ("备课", 3),
            ("教研", 4),
            ("研讨", 2),
            ("主备", 3),
            ("主讲", 2),
            ("磨课", 3),
            ("听课", 2),
            ("评课", 2),
            ("同课异构", 5),
            ("送教", 3),
            ("主题", 1),
            ("地点", 1),
            ("参加人员", 1),
        ],
    ),
    (
        What::Exchange,
        &[
            ("轮岗", 5),
            ("交流教师", 5),
            ("教师交流", 5),
            ("交流学校", 5),
            ("交流单位", 5),
            ("支教", 4),
            ("原单位", 4),
            ("原学校", 3),
            ("派出", 3),
            ("挂职", 4),
            ("跟岗", 4),
            ("交流", 1),
            ("流入", 2),
            ("流出", 2),
            ("走教", 4),
            ("援藏", 4),
            ("援疆", 4),
            ("兼课", 3),
        ],
    ),
    (
        What::Calendar,
        &[
            ("校历", 6),
            ("放假", 3),
            ("开学", 3),
            ("学期", 1),
            ("调休", 3),
            ("寒假", 2),
            ("暑假", 2),
        ],
    ),
    (
        What::Person,
        &[
            ("花名册", 6),
            ("名册", 4),
            ("教职工", 2),
            ("任教学科", 2),
            ("职称", 2),
            ("称号", 1),
            ("姓名", 1),
        ],
    ),
    (
        What::StaffCount,
        &[
            ("专任教师", 5),
            ("教师人数", 5),
            ("教师数", 4),
            ("骨干教师数", 4),
            ("交流条件", 4),
            ("统计日期", 2),
            ("截至", 1),
        ],
    ),
];
/// No word counts oftener than this: a column of 汤 says no more than three.
const COUNTED_MAX: usize = 3;

/// What the file of that name and content is; `None`: two kinds are equally likely, or none is.
///
/// # Errors
/// When there is nothing in it that could be a sheet or a text.
pub fn guess(name: &str, bytes: &[u8]) -> Result<Option<What>, Unreadable> {
    let (sheets, _) = sheets(bytes)?;
    let mut text = fold(name);
    for sheet in &sheets {
        text.push('\n');
        text.push_str(&sheet.name);
        for cell in sheet.rows.iter().flatten() {
            text.push('\n');
            text.push_str(&cell.text);
        }
    }
    let weigh = |words: &[(&str, usize)]| -> usize {
        let weights = words
            .iter()
            .map(|(word, weight)| weight * text.matches(word).count().min(COUNTED_MAX));
        weights.sum()
    };
    let mut weights: Vec<(usize, What)> = WORDS
        .iter()
        .map(|(what, words)| (weigh(words), *what))
        .collect();
    weights.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let clear = weights[0].0 > weights[1].0;
    Ok(clear.then_some(weights[0].1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_what_its_words_say_and_nothing_when_it_says_nothing() {
        let table = [
            (
                "5月12日（周二）14:00 信息科技 七年级 主备：张老师 地点：三楼录播室",
                Some(What::Session),
            ),
            ("第11周带量食谱\n周一 米饭 红烧肉 汤", Some(What::Menu)),
            (
                "姓名,原单位,交流单位,起止\n张老师,总校,春风分校,2025.9-2026.7",
                Some(What::Exchange),
            ),
            ("5月1日至5日放假，5月9日调休上课", Some(What::Calendar)),
            (
                "教职工花名册\n姓名,职称\n王老师,一级教师",
                Some(What::Person),
            ),
            (
                "2025学年教师人数\n学校,专任教师,符合交流条件教师,骨干教师\n总校,240,90,60",
                Some(What::StaffCount),
            ),
            ("今天天气不错", None),
        ];
        for (text, what) in table {
            assert_eq!(guess("", text.as_bytes()).unwrap(), what, "{text}");
        }
        assert_eq!(
            guess("第3周菜单.txt", "周一 鱼".as_bytes()).unwrap(),
            Some(What::Menu)
        );
    }

    #[test]
    fn what_schools_type_is_told_by_its_words_alone() {
        let typed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/typed");
        for file in std::fs::read_dir(typed).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let what = match name.split(['-', '.']).next().unwrap() {
                "menu" => What::Menu,
                "prep" => What::Session,
                "exch" => What::Exchange,
                other => panic!("what is {other}?"),
            };
            let bytes = std::fs::read(&path).unwrap();
            assert_eq!(guess("", &bytes).unwrap(), Some(what), "{name}");
        }
    }
}
