//! What the hub has to say about an item: stable codes, and the sentences they are read out as.
//!
//! A finding is stored as code, path and arguments. The sentence is made when it is read, so a better
//! wording reaches old findings too.

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The item is refused.
    Refuse,
    /// The item is accepted, and its author should look (请核对).
    Warn,
    /// The item is in order, and there is something worth knowing (提示).
    Note,
}

/// The longest value in a sentence, in characters: a finding shows what was sent, it does not send it back.
const VALUE_MAX: usize = 500;

fn shortened(mut value: String) -> String {
    if let Some((end, _)) = value.char_indices().nth(VALUE_MAX) {
        value.truncate(end);
        value.push('…');
    }
    value
}

/// One thing the hub has to say about an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// The field it is about, from the mutation; empty: the whole item.
    pub path: String,
    /// The values its sentence speaks of.
    pub arguments: Vec<(String, String)>,
}

impl Finding {
    /// A finding about a field.
    pub fn new(code: Code, path: impl Into<String>) -> Self {
        Finding {
            code,
            path: path.into(),
            arguments: Vec::new(),
        }
    }

    /// With a value for its sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        let value = shortened(value.to_string());
        self.arguments.push((name.to_owned(), value));
        self
    }

    /// How much it weighs.
    #[must_use]
    pub fn weight(&self) -> Weight {
        self.code.entry().weight
    }

    /// Whether it refuses the item.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.weight() == Weight::Refuse
    }

    /// The sentence in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        self.render(self.code.entry().zh)
    }

    /// The sentence in English.
    #[must_use]
    pub fn en(&self) -> String {
        self.render(self.code.entry().en)
    }

    fn render(&self, template: &str) -> String {
        let arguments = self.arguments.iter();
        let arguments = arguments.map(|(name, value)| (name.as_str(), value.as_str()));
        render(
            template,
            [("path", self.path.as_str())].into_iter().chain(arguments),
        )
    }
}

/// A sentence with values in place of their names, `{name}`. What looks like a name in a value stays as it is.
pub fn render<'a>(template: &str, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let values: Vec<(&str, &str)> = values.into_iter().collect();
    let mut sentence = String::with_capacity(2 * template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        sentence.push_str(before);
        let named = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(of, _)| *of == name)?;
            Some((value, after))
        });
        (sentence, rest) = match named {
            Some((value, after)) => (sentence + value, after),
            None => (sentence + "{", after),
        };
    }
    sentence + rest
}

/// What a code means to people.
#[derive(Debug)]
pub struct Entry {
    /// The stable name.
    pub name: &'static str,
    /// How much it weighs.
    pub weight: Weight,
    /// The sentence in Chinese, `{argument}` in place of each value.
    pub zh: &'static str,
    /// The sentence in English.
    pub en: &'static str,
}

macro_rules! codes {
    ($($variant:ident $name:literal $weight:ident $zh:literal $en:literal;)*) => {
        /// The stable codes of all findings. The sentences beside each are its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $en] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// What it means to people.
            #[must_use]
            pub const fn entry(self) -> &'static Entry {
                match self {
                    $(Code::$variant => &Entry { name: $name, weight: Weight::$weight, zh: $zh, en: $en },)*
                }
            }
        }
    };
}

codes! {
    // The item itself.
    IdInvalid "ID_INVALID" Refuse
        "{path} 应为小写带连字符的 UUID，收到“{value}”。"
        "{path} must be a UUID in lower case with hyphens, not \"{value}\".";
    WishMissing "WISH_MISSING" Refuse
        "此项没有写明要做什么：请填 put、delete 或 act 之一。"
        "The item wishes nothing: set one of put, delete and act.";
    MutationIdReused "MUTATION_ID_REUSED" Refuse
        "mutation_id 已用于另一内容，请换一个新的 UUID。"
        "The mutation id was used before with other content: make a new UUID.";
    ReasonInvalid "REASON_INVALID" Refuse
        "原因代码以大写字母开头，只用大写字母、数字和下划线，最多 {max} 个字符；{own} 由中心专用。"
        "A reason is a code of capitals, digits and underscores that begins with a capital, of at most {max} characters; {own} is the hub's own.";
    ContentTooLarge "CONTENT_TOO_LARGE" Refuse
        "内容有 {bytes} 字节，上限为 {max} 字节，请拆分。"
        "The content has {bytes} bytes, the limit is {max}: split it.";
    ContentMalformed "CONTENT_MALFORMED" Refuse
        "{path} 无法读取（{detail}）。"
        "{path} cannot be read ({detail}).";
    KindUnknown "KIND_UNKNOWN" Refuse
        "{path} 必须恰好写明一种记录；可用：{known}。"
        "{path} must name exactly one kind of record; there are: {known}.";
    KindChanged "KIND_CHANGED" Refuse
        "此记录是 {kind}，种类不能更改，请另建记录。"
        "The record is a {kind} and stays one: make a new record.";
    FieldUnknown "FIELD_UNKNOWN" Refuse
        "本中心不认识字段 {path}；请升级中心，或不要发送该字段。"
        "This hub does not know the field {path}: upgrade the hub, or leave the field out.";
    EnumUnknown "ENUM_UNKNOWN" Refuse
        "{path} 的取值 {value} 不存在；可用：{known}。"
        "{path} has no value {value}; there are: {known}.";
    RowRepeated "ROW_REPEATED" Refuse
        "{path} 与前面一行的 {key} 相同，每组只能有一行。"
        "{path} repeats an earlier row with the same {key}: one row each.";
    ContractTooNew "CONTRACT_TOO_NEW" Refuse
        "此项按第 {contract} 版约定写成，本中心为第 {known} 版；中心升级后请重报。"
        "The item was made for contract {contract}, this hub speaks {known}: push it again once the hub is upgraded.";

    // The record it is about.
    RecordNotFound "RECORD_NOT_FOUND" Refuse
        "没有记录 {id}，或不在可见范围内。"
        "There is no record {id} that you may see.";
    RecordDeleted "RECORD_DELETED" Refuse
        "记录 {id} 已删除；请用新的 UUID 另建。"
        "The record {id} was deleted: make a new one with a new UUID.";
    NotOwner "NOT_OWNER" Refuse
        "此记录属于{owner}，只有该校可以修改。"
        "The record belongs to {owner}: only the owner may write it.";
    RightMissing "RIGHT_MISSING" Refuse
        "此凭证没有 {kind} 的 {right} 权限；请由有权限的同事上报，或向管理员申请。"
        "This credential gives no right to {right} a {kind}: ask a colleague who has it, or the operator for it.";
    NotAllowed "NOT_ALLOWED" Refuse
        "此操作只能由{who}进行。"
        "Only {who} may do this.";
    BaseUnknown "BASE_UNKNOWN" Refuse
        "所依据的版本与中心不符（现为第 {current} 版）；请先同步，再修改上报。"
        "The hub does not know the base (the record is at version {current}): pull, then push again.";
    ChangedSinceSeen "CHANGED_SINCE_SEEN" Refuse
        "此记录在查看之后有改动（{fields}），现为第 {current} 版；请看过新版本再操作。"
        "The record changed since it was seen ({fields}) and is at version {current}: look at it, then ask again.";
    ConflictUnknown "CONFLICT_UNKNOWN" Refuse
        "{path}：{id} 不是此记录待定的冲突。"
        "{path}: {id} is not an open conflict of this record.";
    StateForbids "STATE_FORBIDS" Refuse
        "目前状态为 {state}，不能这样做；可以：{allowed}。"
        "The state {state} does not allow this; it allows: {allowed}.";
    RegisterDiffers "REGISTER_DIFFERS" Refuse
        "{path}：登记现在不是所建议的内容（{fields}）；请先修改登记，或在同一次 ALL 上报中一并修改，再采纳；如不照此修改，请答复不采纳。"
        "{path}: the register does not say what was proposed ({fields}): write it first, best in the same push of ALL, then adopt; if it is not to be, decline.";
    KeyTaken "KEY_TAKEN" Refuse
        "{key} 已有记录 {id}，请修改该记录。"
        "The record {id} already holds {key}: change that one.";
    DeletionsTooMany "DELETIONS_TOO_MANY" Refuse
        "此次上报要删除 {deletions} 条记录，一次最多 {max} 条，因此一条也没有删；如确要删除，请集团办先调高 policy.deletions_max，再重报。"
        "The push deletes {deletions} records, at most {max} may go at once, so none was deleted: if all are meant, ask the office to raise policy.deletions_max, then push again.";

    // Fields.
    Required "REQUIRED" Refuse
        "缺少 {path}。"
        "{path} is required.";
    NotWithOther "NOT_WITH_OTHER" Refuse
        "{path} 与 {other} 只能填一个。"
        "Set {path} or {other}, not both.";
    TextTooLong "TEXT_TOO_LONG" Refuse
        "{path} 有 {length} 个字，最多 {max} 个。"
        "{path} has {length} characters, at most {max} are allowed.";
    TextHidden "TEXT_HIDDEN" Refuse
        "{path} 含有看不见的字符（{character}），请删去后重报。"
        "{path} holds a character that nobody sees ({character}): take it out and push again.";
    ListTooLong "LIST_TOO_LONG" Refuse
        "{path} 超过 {max} 行，请分成几条记录。"
        "{path} has more than {max} rows: make several records of it.";
    TextNotOneLine "TEXT_NOT_ONE_LINE" Refuse
        "{path} 应为一行文字，不能含换行或控制字符。"
        "{path} must be one line without control characters.";
    DateInvalid "DATE_INVALID" Refuse
        "{path} 的日期“{value}”不存在或格式不对，应写作 {format}。"
        "{path} is no date: \"{value}\"; write {format}.";
    DateNotMonday "DATE_NOT_MONDAY" Refuse
        "{path}：{date} 不是星期一；供餐周以其星期一表示。"
        "{path}: {date} is no Monday; a service week is named by its Monday.";
    TimeInvalid "TIME_INVALID" Refuse
        "{path} 的时间“{value}”不对，应写作 {format}。"
        "{path} is no time: \"{value}\"; write {format}.";
    EndBeforeStart "END_BEFORE_START" Refuse
        "{path}（{end}）早于开始（{start}）。"
        "{path} ({end}) lies before the start ({start}).";
    OutOfRange "OUT_OF_RANGE" Refuse
        "{path} 应在 {min} 到 {max} 之间，收到 {value}。"
        "{path} must be {min} to {max}, not {value}.";
    LinkInvalid "LINK_INVALID" Refuse
        "{path} 应为 http:// 或 https:// 开头的网址。"
        "{path} must be a link that begins with http:// or https://.";
    HashInvalid "HASH_INVALID" Refuse
        "{path} 应为文件的 SHA-256，即 64 位十六进制数字。"
        "{path} must be the SHA-256 of the file: 64 hexadecimal digits.";
    NotInOrder "NOT_IN_ORDER" Refuse
        "{path} 应按日期先后排列，每天一次。"
        "{path} must be in order, each day once.";
    CampusUnknown "CAMPUS_UNKNOWN" Refuse
        "{path}：本集团没有学校 {id}。"
        "{path}: the group has no campus {id}.";
    PersonUnknown "PERSON_UNKNOWN" Refuse
        "{path}：本集团没有人员 {id}。"
        "{path}: the group has no person {id}.";
    PersonErased "PERSON_ERASED" Refuse
        "{path}：人员 {id} 的姓名已按要求删除，请只填编号。"
        "{path}: the name of the person {id} was erased on request: give the id alone.";
    KindNotRetained "KIND_NOT_RETAINED" Refuse
        "{path} 应为学校上报的记录种类：{known}。登记没有结束日：人员离开后，请由集团办删除其个人信息。"
        "{path} must be a kind that campuses push: {known}. A register has no end: the office erases whoever has left.";
    TimeZoneUnknown "TIME_ZONE_UNKNOWN" Refuse
        "{path}：没有时区“{value}”，例如 Asia/Shanghai。"
        "{path}: there is no time zone \"{value}\"; an example is Asia/Shanghai.";

    // The rules of a kind.
    TermsOverlap "TERMS_OVERLAP" Refuse
        "{path} 与另一学期的日期重叠。"
        "{path} overlaps another term.";
    PartExceedsWhole "PART_EXCEEDS_WHOLE" Refuse
        "{path}：{value} 人多于其所在的 {whole} 人。"
        "{path}: {value} is more than the {whole} it is part of.";
    WordUnknown "WORD_UNKNOWN" Refuse
        "{path}：本集团词表中没有“{value}”；可用：{known}。"
        "{path}: the group's vocabulary has no \"{value}\"; it has: {known}.";
    HomeIsHost "HOME_IS_HOST" Refuse
        "交流单位与原单位相同。"
        "Home and host are the same school.";
    HomeNotOwner "HOME_NOT_OWNER" Refuse
        "交流由原单位提出：原单位应为上报的学校。"
        "The home campus proposes an exchange: home must be the campus that pushes.";
    PersonNotOfHome "PERSON_NOT_OF_HOME" Refuse
        "{path}：人员名册中此人不属于所填的原单位；只有其所在学校可以提出交流。"
        "{path}: in the person register this person is not of the exchange's home; only their own campus proposes.";
    DateNotServed "DATE_NOT_SERVED" Refuse
        "{path}：{date} 不在供餐日期中。"
        "{path}: {date} is not one of the service dates.";
    DayNotCome "DAY_NOT_COME" Refuse
        "{date} 还没有到。"
        "{date} has not come yet.";
    AttendanceMissing "ATTENDANCE_MISSING" Refuse
        "还没有上报出席人数，也没有免报：{campuses}。"
        "Attendance was neither reported nor waived: {campuses}.";
    CampusNotInvited "CAMPUS_NOT_INVITED" Refuse
        "{path}：学校 {id} 既不是承办学校，也没有受邀。"
        "{path}: the campus {id} is neither the host nor invited.";
    NotYetOver "NOT_YET_OVER" Refuse
        "要到 {date} 才可以。"
        "This may be done from {date} on.";
    LaterEndNeeded "LATER_END_NEEDED" Refuse
        "{path} 应晚于原定的 {end}。"
        "{path} must lie after the end planned, {end}.";
    NoExtension "NO_EXTENSION" Refuse
        "没有待定的延期申请。"
        "No extension waits for this.";
    ExtensionOpen "EXTENSION_OPEN" Refuse
        "已有待定的延期申请（到 {end}），请先处理。"
        "An extension to {end} waits already: settle it first.";
    PairBroken "PAIR_BROKEN" Refuse
        "{path}：同一 pair_id 的另一条交流不是对调（原单位与交流单位互换）。"
        "{path}: the other movement of this pair does not go the opposite way.";
    PairApart "PAIR_APART" Refuse
        "双向交流的两条须在同一次 ALL 上报中一起批准；另一条：{other}。"
        "The two halves of a two-way exchange are approved together, in one push with atomicity ALL; the other half is {other}.";
    FullTimeOverlap "FULL_TIME_OVERLAP" Refuse
        "{path}：该教师在 {date} 已另有交流，合计 {percent}% 超过全职。"
        "{path}: on {date} the person is on exchange elsewhere, {percent}% of full time together.";
    AmendmentEmpty "AMENDMENT_EMPTY" Refuse
        "调整没有写明餐次，也没有写明停餐。"
        "The amendment names no meal and no day without service.";
    CorrectionField "CORRECTION_FIELD" Refuse
        "{path}：{kind} 没有字段“{field}”。"
        "{path}: a {kind} has no field \"{field}\".";
    AlreadyServed "ALREADY_SERVED" Refuse
        "首个供餐日 {date} 已到，不能撤回。"
        "The first service date {date} has come: the menu can no longer be withdrawn.";

    // Worth a look.
    WeekdayMismatch "WEEKDAY_MISMATCH" Warn
        "{path}：{date} 是星期{actual}，通知写的是星期{stated}。"
        "{path}: {date} is weekday {actual}, the notice says {stated} (1 is Monday).";
    MoreThanExpected "MORE_THAN_EXPECTED" Warn
        "出席 {attended} 人，多于应到的 {expected} 人。"
        "{attended} came, more than the {expected} expected.";
    PairHalfOpen "PAIR_HALF_OPEN" Warn
        "双向交流只有一条：另一方还没有上报。"
        "Only one half of the two-way exchange is here: the other was not pushed yet.";
    PairPeriodsDiffer "PAIR_PERIODS_DIFFER" Warn
        "双向交流两条的起止不同：另一条为 {start} 至 {end}。"
        "The two halves of the two-way exchange have different days: the other is planned from {start} to {end}.";
    ClockMissing "CLOCK_MISSING" Warn
        "{path}：{date} 没有写明几点，也没有写明上午或下午。"
        "{path}: neither a clock time nor a half of the day is given for {date}.";
    OutsideTerm "OUTSIDE_TERM" Warn
        "{path}：{date} 不在学期内，计入{term}。"
        "{path}: {date} lies outside every term; it counts in {term}.";
    ClaimDiffers "CLAIM_DIFFERS" Warn
        "{path}：写了 {claimed} 个，列出的是 {listed} 个。"
        "{path}: {claimed} are claimed, {listed} are listed.";
    PeopleClaimDiffers "PEOPLE_CLAIM_DIFFERS" Warn
        "通知或报道写的是 {claimed} 人，各校上报的出席合计 {attended} 人。"
        "The source claims {claimed} people; the attendance reported adds up to {attended}.";
    SessionTwin "SESSION_TWIN" Warn
        "{path}：{date} 已有同学科、同年级的活动 {id}；若是同一场，请删去一条。"
        "{path}: on {date} there is the session {id} of the same subject and grade; if it is the same one, delete one of them.";
    PersonTwice "PERSON_TWICE" Warn
        "{path}：人员 {person} 在 {date} 同一时间还有 {id}。"
        "{path}: the person {person} has {id} on {date} at the same time.";
    NoSchoolDay "NO_SCHOOL_DAY" Warn
        "{path}：按本校校历，{date} 不上课。"
        "{path}: the campus's calendar has no school on {date}.";
    MakeUpDayMissing "MAKE_UP_DAY_MISSING" Warn
        "{date} 调休上课，食谱没有这一天，也没有标明停餐。"
        "{date} is a make-up school day; the menu neither serves it nor declares it without service.";
    UnitMissing "UNIT_MISSING" Warn
        "{path}：“{value}”没有写单位。"
        "{path}: \"{value}\" has no unit.";
    PortionUnlikely "PORTION_UNLIKELY" Warn
        "{path}：每人 {grams} 克不像一人份，请核对是否填错了栏。"
        "{path}: {grams} g is hardly one person's portion; was it typed into the wrong column?";
    NameAmbiguous "NAME_AMBIGUOUS" Warn
        "{path}：本校有 {count} 位同名，请写明是哪一位。"
        "{path}: the campus has {count} people of that name: say which.";
    WordOld "WORD_OLD" Warn
        "{path}：“{value}”现称“{name}”。"
        "{path}: \"{value}\" is now called \"{name}\".";
    WordUnlisted "WORD_UNLISTED" Warn
        "{path}：本集团词表中没有“{value}”，照写保留；词表有：{known}。"
        "{path}: the group's vocabulary has no \"{value}\", which stays as typed; it has: {known}.";
    StageDiffers "STAGE_DIFFERS" Warn
        "{path}：{grade}属于{stages}，所写的学段是{stage}。"
        "{path}: {grade} is of {stages}, the stage stated is {stage}.";
    Unstated "UNSTATED" Warn
        "没有写明 {path}，请补上。"
        "{path} is not stated: please add it.";
    LeadMissing "LEAD_MISSING" Warn
        "没有写明主备人（领衔）。"
        "Nobody is named as lead.";
    DayEmpty "DAY_EMPTY" Warn
        "{date} 没有菜品，也没有标明停餐。"
        "{date} has no dish and is not declared without service.";
    CanteenUnknown "CANTEEN_UNKNOWN" Warn
        "本校登记的食堂中没有“{name}”，此食谱不计入应报；登记的是：{known}。"
        "The campus register has no canteen \"{name}\", so the menu counts for nothing; it has: {known}.";

    // Worth knowing. What can make somebody ill stands alone, nutrition is one line.
    FoodBanned "FOOD_BANNED" Note
        "{date} {dish}：含“{food}”，学校食堂不得供应（《学校食品安全与营养健康管理规定》）；请核实。"
        "{date} {dish}: \"{food}\" must not be served in school canteens (rules on food safety in schools, 2019); please verify.";
    FoodToAsk "FOOD_TO_ASK" Note
        "{date} {dish}：“{food}”若是四季豆，学校食堂不得供应；请确认是哪一种。"
        "{date} {dish}: if \"{food}\" means green beans, school canteens must not serve it; please say which it is.";
    AllergenLikely "ALLERGEN_LIKELY" Note
        "可能含{allergen}而没有标示：{dishes}。这是推测，不是标示。"
        "Likely to contain {allergen}, and not declared: {dishes}. A guess, no declaration.";
    PersonLikely "PERSON_LIKELY" Note
        "{path}：可能是本校登记的人员 {id}；如是，请填编号。"
        "{path}: this may be the person {id} of the campus; if so, give the id.";
    Nutrition "NUTRITION" Note
        "营养与花样有 {count} 处可改进（WS/T 554—2017），如：{examples}。"
        "{count} points of nutrition and variety could be better (WS/T 554-2017), such as: {examples}.";
}

impl Code {
    /// The code of that stable name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Code::ALL
            .iter()
            .copied()
            .find(|code| code.entry().name == name)
    }
}

#[cfg(test)]
mod tests;
