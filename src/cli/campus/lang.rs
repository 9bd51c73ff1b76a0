//! In which language a command speaks.

use clap::ValueEnum;

/// The language of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

impl Lang {
    /// What was asked for, else the machine's; Chinese where the machine does not say.
    pub fn of(asked: Option<Lang>) -> Lang {
        asked.unwrap_or_else(|| Lang::of_locale(sys_locale::get_locale().as_deref()))
    }

    fn of_locale(locale: Option<&str>) -> Lang {
        match locale.unwrap_or_default() {
            "" | "C" | "POSIX" => Lang::Zh,
            chinese if chinese.starts_with("zh") => Lang::Zh,
            // C.UTF-8, as BCP 47 has it or not.
            none if none.starts_with("C.") || none.starts_with("C-") => Lang::Zh,
            _ => Lang::En,
        }
    }

    /// One of two wordings.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// A sentence with values, in the language of whoever reads it.
macro_rules! say {
    ($lang:expr, $zh:literal, $en:literal) => {
        match $lang {
            $crate::cli::campus::lang::Lang::Zh => format!($zh),
            $crate::cli::campus::lang::Lang::En => format!($en),
        }
    };
}
pub(super) use say;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_does_not_say_speaks_chinese() {
        let table = [
            (None, Lang::Zh),
            (Some("C"), Lang::Zh),
            (Some("C.UTF-8"), Lang::Zh),
            (Some("zh-CN"), Lang::Zh),
            (Some("en-US"), Lang::En),
            (Some("de-DE"), Lang::En),
        ];
        for (locale, lang) in table {
            assert_eq!(Lang::of_locale(locale), lang, "{locale:?}");
        }
        assert_eq!(Lang::of(Some(Lang::En)), Lang::En);
    }
}
