//! The forms of a page, filled in as a browser fills them.

use super::browser::{Answer, Browser};
use regex::{Captures, Regex};

/// A form: where it is sent, and what it holds when nobody touches it.
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

fn regex(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

fn plain(text: &str) -> String {
    let entity = |found: &Captures<'_>| {
        let code = found[1].parse().ok().and_then(char::from_u32);
        code.expect("a character").to_string()
    };
    regex(r"&#(\d+);")
        .replace_all(text, entity)
        .replace("&amp;", "&")
}

/// An attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let found = regex(&format!(r#"\s{name}="([^"]*)""#)).captures(tag)?;
    Some(plain(&found[1]))
}

impl Form {
    /// Every form of a page, in its order.
    pub fn all(page: &str) -> Vec<Form> {
        let forms = regex(r"(?s)<form([^>]*)>(.*?)</form>");
        let form = |found: Captures<'_>| Form {
            action: attribute(&found[1], "action").expect("forms say where they go"),
            fields: fields(&found[2]),
        };
        forms.captures_iter(page).map(form).collect()
    }

    /// The form of a page that is sent there.
    pub fn to(page: &Answer, action: &str) -> Form {
        let mut all = Form::all(&page.body).into_iter();
        let found = all.find(|form| form.action == action);
        found.unwrap_or_else(|| panic!("no form for {action}\n{}", page.body))
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(of, _)| of == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Types something else into a field; `None`: unticks it.
    pub fn say(&mut self, name: &str, value: Option<&str>) {
        self.fields.retain(|(of, _)| of != name);
        self.fields
            .extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }

    /// Types something else into the field whose name begins so, which must be one.
    pub fn correct(&mut self, begins: &str, value: &str) {
        let mut fits = self
            .fields
            .iter_mut()
            .filter(|(name, _)| name.starts_with(begins));
        let (_, found) = fits.next().unwrap_or_else(|| panic!("no field {begins}"));
        value.clone_into(found);
        assert!(fits.next().is_none(), "two fields {begins}");
    }

    /// Sends it, with some fields filled in.
    pub async fn send(&self, browser: &Browser, more: &[(&str, &str)]) -> Answer {
        self.send_to(&self.action, browser, more).await
    }

    /// Sends it elsewhere, as another of its buttons does.
    pub async fn send_to(&self, path: &str, browser: &Browser, more: &[(&str, &str)]) -> Answer {
        let own = self
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let own = own.filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        let all: Vec<(&str, &str)> = own.chain(more.iter().copied()).collect();
        browser.post(path, &all).await
    }
}

fn fields(form: &str) -> Vec<(String, String)> {
    let all = regex(
        r"(?s)<input([^>]*)>|<textarea([^>]*)>(.*?)</textarea>|<select([^>]*)>(.*?)</select>",
    );
    let field = |found: Captures<'_>| {
        let part = |at: usize| found.get(at).map(|part| part.as_str());
        if let Some(tag) = part(1) {
            let ticks = attribute(tag, "type").is_some_and(|kind| kind == "checkbox");
            if ticks && !tag.contains(" checked") {
                return None;
            }
            return Some((
                attribute(tag, "name")?,
                attribute(tag, "value").unwrap_or_default(),
            ));
        }
        if let Some(tag) = part(2) {
            return Some((attribute(tag, "name")?, plain(part(3)?)));
        }
        let (tag, options) = (part(4)?, part(5)?);
        let chosen = regex(r"<option([^>]*) selected>").captures(options);
        let first = || regex(r"<option([^>]*)>").captures(options);
        let chosen = chosen.or_else(first)?;
        Some((attribute(tag, "name")?, attribute(&chosen[1], "value")?))
    };
    all.captures_iter(form).filter_map(field).collect()
}
