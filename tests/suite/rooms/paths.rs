//! The paths and macros that a file of Rust names, read from its tokens: comments, text and
//! documentation are none of them.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// What a file names.
pub struct Source {
    pub file: String,
    pub room: String,
    pub paths: Vec<Named>,
    pub macros: Vec<Macro>,
}

/// A path with more than one step, or one in a `use`; seen from the crate's root it begins with `crate`.
pub struct Named {
    pub steps: Vec<String>,
    pub line: usize,
}

/// A macro that is called.
pub struct Macro {
    pub name: String,
    pub line: usize,
}

/// The room of a file: `sync/plan.rs` and `sync.rs` are of `sync`.
pub fn room(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or(file);
    first.strip_suffix(".rs").unwrap_or(first)
}

impl Source {
    /// Reads the file's tokens.
    pub fn read(file: &str, text: &str) -> Result<Source, String> {
        let tokens: TokenStream = text.parse().map_err(|error| format!("not Rust: {error}"))?;
        let mut source = Source {
            file: file.to_owned(),
            room: room(file).to_owned(),
            paths: Vec::new(),
            macros: Vec::new(),
        };
        let module = file.trim_end_matches(".rs").split('/').map(str::to_owned);
        source.walk(tokens, &module.collect());
        Ok(source)
    }

    /// Notes what the tokens of a module name.
    fn walk(&mut self, tokens: TokenStream, module: &Vec<String>) {
        let mut rest = Tokens(tokens.into_iter().collect(), 0);
        while let Some(token) = rest.peek(0) {
            match token {
                TokenTree::Ident(word) if word == "mod" => {
                    let inner = rest.peek(1).map(ToString::to_string);
                    rest.1 += 2;
                    if let (Some(name), Some(TokenTree::Group(body))) = (inner, rest.peek(0)) {
                        let module = [module.as_slice(), &[name]].concat();
                        self.walk(body.stream(), &module);
                        rest.1 += 1;
                    }
                }
                TokenTree::Ident(word) if word == "use" => {
                    rest.1 += 1;
                    self.tree(&mut rest, Vec::new(), module);
                }
                TokenTree::Ident(_) => self.path(&mut rest, module),
                TokenTree::Group(group) => {
                    self.walk(group.stream(), module);
                    rest.1 += 1;
                }
                _ => rest.1 += 1,
            }
        }
    }

    /// One path of an expression or a type, and whether it is a macro's.
    fn path(&mut self, rest: &mut Tokens, module: &[String]) {
        let mut steps = Vec::new();
        let line = rest.line();
        // `pub(crate)` names nothing.
        while let Some(TokenTree::Ident(step)) = rest.peek(0) {
            steps.push(step.to_string());
            rest.1 += 1;
            if !rest.at_colons() {
                break;
            }
            rest.1 += 2;
        }
        if rest.punct(0, '!') && !rest.punct(1, '=') {
            let name = steps.last().cloned().unwrap_or_default();
            self.macros.push(Macro { name, line });
        }
        if steps.len() > 1 {
            self.note(steps, line, module);
        }
    }

    /// The tree of a `use`, after `before`.
    fn tree(&mut self, rest: &mut Tokens, mut before: Vec<String>, module: &[String]) {
        let line = rest.line();
        loop {
            match rest.peek(0) {
                Some(TokenTree::Punct(colon)) if colon.as_char() == ':' => rest.1 += 1,
                Some(TokenTree::Ident(word)) if word == "as" => {
                    rest.1 += 2;
                    return self.note(before, line, module);
                }
                Some(TokenTree::Ident(step)) => {
                    before.push(step.to_string());
                    rest.1 += 1;
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    let mut inner = Tokens(group.stream().into_iter().collect(), 0);
                    while inner.peek(0).is_some() {
                        self.tree(&mut inner, before.clone(), module);
                        inner.1 += 1;
                    }
                    rest.1 += 1;
                    return;
                }
                Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                    rest.1 += 1;
                    before.push("*".to_owned());
                }
                // The end of the item, or of this branch of the tree.
                _ => return self.note(before, line, module),
            }
        }
    }

    /// Keeps a path; `self::` and `super::` are told from the crate's root.
    fn note(&mut self, steps: Vec<String>, line: usize, module: &[String]) {
        let ups = steps
            .iter()
            .take_while(|step| *step == "super" || *step == "self");
        let (ups, relative) = (
            ups.clone().filter(|step| *step == "super").count(),
            ups.count(),
        );
        let steps = if relative == 0 {
            steps
        } else {
            let up = module.len().saturating_sub(ups);
            let root = std::iter::once("crate".to_owned());
            root.chain(module[..up].iter().cloned())
                .chain(steps[relative..].iter().cloned())
                .collect()
        };
        if !steps.is_empty() {
            self.paths.push(Named { steps, line });
        }
    }
}

/// Tokens, and how far they were read.
struct Tokens(Vec<TokenTree>, usize);

impl Tokens {
    fn peek(&self, ahead: usize) -> Option<&TokenTree> {
        self.0.get(self.1 + ahead)
    }

    fn punct(&self, ahead: usize, char: char) -> bool {
        matches!(self.peek(ahead), Some(TokenTree::Punct(punct)) if punct.as_char() == char)
    }

    fn at_colons(&self) -> bool {
        self.punct(0, ':') && self.punct(1, ':')
    }

    fn line(&self) -> usize {
        let span = self.peek(0).map_or_else(Span::call_site, TokenTree::span);
        span.start().line
    }
}
